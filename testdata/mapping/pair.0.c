/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One member for each verdict of the classification; pair.1.c is the same release later. */
struct list_head {
	struct list_head *next, *prev;
};
struct callback_head {
	struct callback_head *next;
	void (*func)(struct callback_head *);
};
struct raw_spinlock {
	int raw;
};
struct timer_list {
	struct list_head entry;
	unsigned long expires;
};
typedef struct {
	int counter;
} atomic_t;

enum state { IDLE, BUSY };
enum order { FIRST, SECOND };

struct target {
	long value;
	struct thing *owner;
};
struct other {
	long value;
};
struct inner {
	int a;
	unsigned long inner_flags;
};
struct behind {
	int kept;
	struct target *more;
};

struct thing {
	int same;
	long removed;
	long moved;
	unsigned char widened;
	long long narrowed;
	int sign;
	unsigned char to_enum;
	enum state state;
	enum order order;
	struct target *ptr;
	struct behind *behind;
	struct target *retargeted;
	void *to_scalar;
	int (*fn)(int);
	int (*signature)(int);
	int longer[4];
	struct list_head node;
	struct raw_spinlock lock, old_lock;
	struct callback_head rcu;
	struct timer_list timer, deadline;
	atomic_t users;
	union {
		int plain;
		float plain_float;
	};
	union {
		void *any;
		long number;
	};
	int into_union;
	unsigned int flags;
	unsigned int bits : 3, more_bits : 3;
	struct inner inner;
	struct {
		int x;
		short y;
	} cb;
	struct {
		int x;
		void *p;
	} table[2];
	int old_name;
	char *name;
	char tail[0];
};

struct thing thing;
struct behind behind;
struct other other;
