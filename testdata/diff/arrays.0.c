/* SPDX-License-Identifier: GPL-2.0-or-later */
typedef long s64;
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
struct mm_rss_stat {
	s64 count[4];
};
struct sctp_cookie {
	u8 auth_hmacs[10];
	u8 matrix[2][3];
} cookie;
struct mm_struct {
	struct mm_rss_stat rss_stat;
	int events[3];
} mm;
struct acpi_resource_irq {
	u32 count;
	u32 interrupts[1];
} irq;
struct tail {
	u32 count;
	u32 rows[0];
} tail;
