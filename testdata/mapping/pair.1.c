/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One member for each verdict of the classification; pair.0.c is what it was before. */
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

enum state { IDLE, BUSY, DONE };
enum order { ZEROTH, FIRST, SECOND };

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
	int added;
	int behind_flags;
	struct target *more;
};

struct thing {
	int same;
	long moved;
	unsigned int widened;
	int narrowed;
	unsigned int sign;
	enum state to_enum;
	enum state state;
	enum order order;
	struct target *ptr;
	struct behind *behind;
	struct other *retargeted;
	unsigned long to_scalar;
	int (*fn)(int);
	int (*signature)(int, int);
	int longer[6];
	struct list_head node;
	struct raw_spinlock lock, new_lock;
	struct callback_head rcu;
	struct timer_list timer;
	unsigned int deadline;
	atomic_t users;
	union {
		int plain;
		float plain_float;
	};
	union {
		void *any;
		long number;
	};
	union {
		int into_union;
		long beside;
	};
	unsigned int flags;
	unsigned int bits : 3, more_bits : 2;
	struct inner inner;
	struct {
		int x;
		int y;
	} cb;
	struct {
		int x;
		void *p;
	} table[2];
	int new_name;
	char *name;
	char tail[];
};

struct thing thing;
struct behind behind;
struct other other;
