/* SPDX-License-Identifier: GPL-2.0-or-later */
typedef long s64;
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
struct percpu_counter {
	s64 count;
	int *counters;
};
struct sctp_cookie {
	u8 auth_hmacs[12];
	u8 matrix[2][4];
} cookie;
struct mm_struct {
	struct percpu_counter rss_stat[4];
	s64 events[3];
} mm;
struct acpi_resource_irq {
	u32 count;
	u32 interrupts[];
} irq;
struct tail {
	u32 count;
	u32 rows[];
} tail;
