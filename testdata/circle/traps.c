/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Types that are hard to print as C again with the same layout. */

typedef unsigned char u8;
typedef unsigned int u32;
typedef unsigned long long u64;

struct flexible { int n; char tail[]; };
struct flexible_in_the_middle { struct flexible head; long behind; };
struct array_of_flexible { struct flexible many[3]; int end; };
union wrapped_flexible { int whole; struct { struct { } empty; int parts[]; }; };
struct packed_tail { char c; int n; char tail[]; } __attribute__((packed, aligned(4)));
struct packed_long_tail { char c; int n; long tail[]; } __attribute__((packed, aligned(8)));
struct zero_length { int n; int old_style[0]; int behind; };
struct only_zero { int nothing[0]; };
struct empty { };
struct holds_empty { struct empty e; int i; struct empty f; };

struct bits { u32 a : 3, b : 5; u32 : 0; u32 c : 7; u32 : 9; u32 d : 1; u8 e : 4; _Bool f : 1; };
struct bits_and_bytes { char c; u32 a : 24; short s : 9; u64 l : 40; u64 m : 30; };
struct packed_bits { u8 a : 5; u32 b : 30; u64 c : 61; char end; } __attribute__((packed));
struct signed_bits { int a : 1; signed char b : 7; enum { ZERO, ONE } e : 2; };
struct full_width { u8 a : 8; u32 b : 32; u64 c : 64; };
#if defined(__SIZEOF_INT128__) && !defined(__s390x__) /* its ABI aligns them to 8, clang 14 to 16 */
struct wide_bits { __int128 a : 100; unsigned __int128 b : 20; };
#endif

struct packed { char c; long l; short s; } __attribute__((packed));
struct packed_by_chance { int a, b; } __attribute__((packed));
struct holds_packed { char c; struct packed p; struct packed_by_chance q; int i; };
struct packed_member { char c; int i __attribute__((packed)); long l; };
struct packed_aligned { char c; long l; } __attribute__((packed, aligned(4)));
struct aligned_member { char c; int i __attribute__((aligned(32))); char d; };
struct aligned { int i; } __attribute__((aligned(64)));
struct holds_aligned { char c; struct aligned a; char d[3]; };
typedef u64 small_u64 __attribute__((aligned(4)));
typedef int large_int __attribute__((aligned(16)));
struct aligned_typedefs { int i; small_u64 s; large_int l; large_int *p; };
typedef struct { char c; } __attribute__((aligned(8))) aligned_anonymous;
struct holds_aligned_anonymous { char c; aligned_anonymous a; };
union aligned_union { char c; int i __attribute__((aligned(16))); };
struct natural_but_said { long l; } __attribute__((packed, aligned(2)));
struct holds_natural { char c; struct natural_but_said n; };

enum small { SMALL } __attribute__((packed));
enum middle { MIDDLE = 300 } __attribute__((packed));
enum negative { MINUS = -1, PLUS = 1 };
enum beyond { BEYOND = 0xffffffff };
enum far_beyond { FAR = 1ULL << 40, LEAST = -1 };
enum most { MOST = 0xffffffffffffffffULL };
struct enums { enum small s; enum middle m; enum negative n; enum beyond b; enum far_beyond f; enum most o; };

struct floats { float f; double d; long double l; _Complex double c; };
#if defined(__x86_64__) || defined(__i386__)
struct more_floats { __float128 q; };
#endif
#if defined(__SIZEOF_INT128__) && !defined(__s390x__)
struct wide { char c; __int128 i; unsigned __int128 u; };
#endif
typedef int vector __attribute__((vector_size(16)));
struct vectors { char c; vector v; };
struct bools { _Bool b[3]; signed char s; unsigned char u; char c; };
struct atomics { _Atomic int i; _Atomic long *p; };

struct undefined_macros { int linux, unix, i386; };
struct keyword_like { int class, new, bool; };
struct never_defined;
struct opaque { struct never_defined *p; enum never_known *e; union never_seen **u; };

typedef int signature(struct opaque *, const char *, ...);
typedef int old_style();
struct functions {
	signature *s;
	old_style *o;
	int (*returns)(int (*)(void), char (*)[3]);
	void (*(*nested)(int))(const struct functions *restrict);
	signature *table[2][3];
};
struct arrays { int a[2][3]; const char *const names[4]; char (*p)[5]; volatile short v[2]; };

struct anonymous {
	union { int a; struct { short b, c; }; };
	struct { struct { long deep; } inner[2]; } named;
	struct { int only; } *pointee;
	enum { FIRST, SECOND } e;
};
struct anonymous_again { enum { THIRD = 3 } e; union { u64 l; char c[8]; } pair[2]; };

typedef struct node node_t;
struct node { node_t *next; struct list *owner; };
struct list { node_t first; const struct node *last; };
typedef struct list array_of_lists[2];
struct late { array_of_lists *far; };

/* gcc leaves the members of such a union out of its debug info. */
typedef union { int *a; long *b; } transparent __attribute__((transparent_union));
struct holds_transparent { char c; transparent t; };

static struct { char same; } shape;
struct local { char a; };
int use_local(void);
int use_local(void)
{
	struct hidden { int first; } a = { (int)sizeof(shape) };
	{
		struct hidden { long other; char more; } b = { 2, 3 };

		return a.first + (int)b.other + b.more;
	}
}
