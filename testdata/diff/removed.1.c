/* SPDX-License-Identifier: GPL-2.0-or-later */
struct list_head {
	struct list_head *next, *prev;
};
struct task_struct {
	int pid;
	struct list_head thread_node;
} task;
