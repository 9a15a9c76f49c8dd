/* What names and typedefs say of integers, the new side: shapes as in Linux 6.12. */
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef u16 __be16;
typedef unsigned int gfp_t;
typedef u32 slab_flags_t;
typedef int __kernel_pid_t;
typedef __kernel_pid_t pid_t;
typedef u64 gfn_t;
typedef unsigned long irq_hw_number_t;
typedef u64 io_req_flags_t;
typedef struct { long counter; } atomic_long_t;

struct words {
	gfn_t range_start;	      /* a frame number */
	u32 option;
	irq_hw_number_t hwirq;
	pid_t leader;
	u32 plain;
	u64 wider;
	gfp_t allocation;
	gfp_t allocations[2];
	slab_flags_t cache;
	io_req_flags_t request_flags;
	_Bool said;
	unsigned flags : 1;
};

/* Known to mean something else; the same change of another name is not. */
struct pci_slot { u16 number, other; };
struct user_struct { atomic_long_t locked_vm, perf_mlock; };
/* Nothing says here that it changed. */
struct user_like { atomic_long_t locked_vm; };

struct words words;
struct pci_slot slot;
struct user_struct user;
struct user_like like;
