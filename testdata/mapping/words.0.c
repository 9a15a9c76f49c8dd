/* What names and typedefs say of integers, the old side: shapes as in Linux 6.1. */
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef u16 __be16;
typedef unsigned int gfp_t;
typedef u32 slab_flags_t;
typedef int __kernel_pid_t;
typedef __kernel_pid_t pid_t;
typedef struct { long counter; } atomic_long_t;

struct words {
	unsigned long range_start;    /* an address */
	__be16 option;
	unsigned long hwirq;
	__kernel_pid_t leader;
	unsigned int plain;
	u32 wider;
	gfp_t allocation;
	gfp_t allocations[2];
	slab_flags_t cache;
	unsigned int request_flags;
	_Bool said;
	unsigned flags : 1;
};

/* Known to mean something else; the same change of another name is not. */
struct pci_slot { unsigned char number, other; };
struct user_struct { atomic_long_t locked_vm; };
/* Nothing says here that it changed. */
struct user_like { atomic_long_t locked_vm; };

struct words words;
struct pci_slot slot;
struct user_struct user;
struct user_like like;
