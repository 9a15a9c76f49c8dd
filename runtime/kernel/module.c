// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * carryover.ko: the engine in a kernel, behind /dev/carryover. A command is written as one word,
 * and what it did is read back (report.c):
 *
 *   preflight   old kernel: which objects would not convert; nothing is frozen or written
 *   switch      old kernel: FREEZE to COMMIT; the state stays frozen until kexec, or until
 *   recall      ... the switch is taken back: thawed, and the image is worth nothing any more
 *   restore     new kernel: takes what lies in the reserved memory; once
 *   discard     either: gives up an image that waits there, which `switch` does not write over
 *
 * An image that was restored, recalled or discarded is erased: keys lie in it, and whoever sets its
 * mark back finds nothing.
 *
 * The write fails with EINVAL for another word, EBUSY while a switch is committed (but for recall)
 * or an image waits that nobody restored (but for restore and discard), ENXIO without reserved memory or a converter, EREMOTEIO when the engine refused: the report says
 * why.
 */
#include "internal.h"

#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>

#define ISSUES_MAX 256
#define WORK_MAX (256ull << 20)

static uint deadline_ms = 2000;
module_param(deadline_ms, uint, 0644);
MODULE_PARM_DESC(deadline_ms, "for each function of a participant, in milliseconds; 0: none");

static uint budget_ms = 10000;
module_param(budget_ms, uint, 0644);
MODULE_PARM_DESC(budget_ms, "from FREEZE to COMMIT, in milliseconds; 0: none");

static uint max_age_s = 3600;
module_param(max_age_s, uint, 0644);
MODULE_PARM_DESC(max_age_s, "an older image is not restored; 0: any is");

static bool skip_missing;
module_param(skip_missing, bool, 0644);
MODULE_PARM_DESC(skip_missing,
		 "restore without a participant that the image has objects of, and report these");

/* One attempt: from a command to the end of what it holds. */
struct attempt {
	struct co_registry registry;
	struct co_reserved reserved;
	struct co_engine *engine;
	struct co_issue *issues;
	void *work;
	u64 written; /* bytes of the reserved memory that are the old side's to write */
};

static struct attempt *committed; /* what keeps the state frozen */
static struct co_seal_state
	last_restored;	      /* an image that is put back as it was before is known again */
static struct co_lines lines; /* of the last command */

static void attempt_end(struct attempt *attempt)
{
	if (!attempt)
		return;
	vfree(attempt->work);
	kvfree(attempt->issues);
	kvfree(attempt->engine);
	reserved_unmap(&attempt->reserved);
	registry_release(&attempt->registry);
	kfree(attempt);
}

static int refuse(int error, const char *why)
{
	lines_add(&lines, "trouble %s", why);
	return error;
}

/* The engine's own errors are numbers that mean something else as errno: the report has them. */
static int engine_said(int error)
{
	return error ? -EREMOTEIO : 0;
}

static struct co_engine_config configure(struct attempt *attempt, enum co_role role)
{
	return (struct co_engine_config){
		.role = role,
		.converter = attempt->registry.converter,
		.running = running_kernel(),
		.participants = attempt->registry.participants,
		.n_participants = attempt->registry.n,
		.seam = co_kernel_seam,
		.deadline_us = deadline_ms * 1000,
		.budget_us = role == CO_ROLE_OLD ? budget_ms * 1000 : 0,
		.max_age_s = role == CO_ROLE_NEW ? max_age_s : 0,
		.seal = CO_SEAL_SHA256,
		.missing = skip_missing ? CO_MISSING_SKIP : CO_MISSING_REFUSE,
		.issues = attempt->issues,
		.issues_room = ISSUES_MAX,
	};
}

/* Everything that an engine needs before it is asked for anything. */
static int attempt_begin(struct attempt **out, enum co_role role)
{
	struct attempt *attempt = kzalloc(sizeof(*attempt), GFP_KERNEL);
	struct co_engine_config config;
	int error;

	if (!attempt)
		return -ENOMEM;
	*out = attempt;
	error = registry_take(&attempt->registry);
	if (error)
		return refuse(-ENXIO, "no converter is loaded; load the one that was built for "
				      "this pair of kernels");
	if (reserved_map(&attempt->reserved))
		return refuse(-ENXIO, attempt->reserved.why);
	attempt->engine = kvzalloc(sizeof(*attempt->engine), GFP_KERNEL);
	attempt->issues = kvcalloc(ISSUES_MAX, sizeof(*attempt->issues), GFP_KERNEL);
	if (!attempt->engine || !attempt->issues)
		return -ENOMEM;
	config = configure(attempt, role);
	return engine_said(co_engine_init(attempt->engine, &config));
}

static int lend_memory(struct attempt *attempt, bool with_image)
{
	struct co_engine_sizes sizes;

	if (co_engine_measure(attempt->engine, &sizes))
		return -EREMOTEIO;
	if (with_image && sizes.image > attempt->reserved.size) {
		lines_add(&lines,
			  "trouble the image needs %llu bytes of reserved memory, and there are "
			  "%llu; reserve more on both command lines",
			  sizes.image, attempt->reserved.size);
		return -ENOSPC;
	}
	if (sizes.work > WORK_MAX)
		return refuse(-ENOMEM, "the state is larger than this module works on at once");
	attempt->written = with_image ? sizes.image : 0;
	attempt->work = vmalloc(max_t(u64, sizes.work, PAGE_SIZE));
	if (!attempt->work)
		return -ENOMEM;
	return engine_said(co_engine_memory(attempt->engine, attempt->work,
					    max_t(u64, sizes.work, PAGE_SIZE),
					    with_image ? attempt->reserved.data : NULL,
					    with_image ? attempt->reserved.size : 0));
}

/* Whether an image lies in the reserved memory that was committed, and that nobody took. */
static bool image_waits(const struct attempt *attempt)
{
	struct co_seal_state state;

	return !co_seal_peek(attempt->reserved.data, attempt->reserved.size, &state) &&
	       state.mark == CO_MARK_READY;
}

/* The image of a seal whose mark says that nobody may restore it, so this cannot be refused. */
static void erase(struct attempt *attempt)
{
	if (co_seal_erase(attempt->reserved.data, attempt->reserved.size))
		pr_warn("carryover: what was handed over could not be erased\n");
}

/* What an attempt leaves in the reserved memory that handed nothing over, or whose image was taken. */
static void clean_up(struct attempt *attempt)
{
	if (attempt->engine && attempt->engine->report.consumed)
		erase(attempt);
	else if (attempt->written)
		memset(attempt->reserved.data, 0, attempt->written);
}

static int prepare_old(struct attempt *attempt)
{
	if (image_waits(attempt))
		return refuse(-EBUSY, "an image that nobody restored waits in the reserved memory: "
				      "restore it, or discard it");
	if (co_engine_prepare(attempt->engine))
		return -EREMOTEIO;
	return lend_memory(attempt, true);
}

/* Every live object that would not convert is an issue of the report; the first is in the sentence. */
static int look_first(struct attempt *attempt)
{
	const struct co_report *report = &attempt->engine->report;
	int error = co_engine_preflight(attempt->engine);
	char text[CO_NAME_MAX * 2 + CO_TEXT_MAX + 64];

	if (error != CO_E_VALUE || !report->n_issues)
		return engine_said(error);
	co_issue_text(&attempt->issues[0], text, sizeof(text));
	lines_add(&lines,
		  "trouble PREFLIGHT: %s: %s; %llu would not convert, and nothing was frozen; "
		  "change or drop them, or decide in the mapping what becomes of such values",
		  attempt->issues[0].participant, text,
		  report->n_issues + report->n_issues_dropped);
	return -EREMOTEIO;
}

static int command_preflight(struct attempt *attempt)
{
	int error = prepare_old(attempt);

	if (!error)
		error = look_first(attempt);
	co_engine_abort(attempt->engine);
	return error;
}

static int command_switch(struct attempt *attempt)
{
	int error = prepare_old(attempt);

	if (!error)
		error = look_first(attempt);
	if (!error)
		error = engine_said(co_engine_switch(attempt->engine));
	if (error)
		co_engine_abort(attempt->engine);
	return error;
}

/*
 * Whoever writes to the memory can put a whole image back that was kept elsewhere; what was restored
 * in this boot is remembered.
 */
static int remember_image(const struct co_reserved *reserved)
{
	struct co_seal_state state;

	if (co_seal_read(reserved->data, reserved->size, &state))
		return 0; /* the engine says why */
	if (state.mark == CO_MARK_READY && last_restored.size == state.size &&
	    !memcmp(last_restored.digest, state.digest, sizeof(state.digest)))
		return refuse(
			-EALREADY,
			"this image was applied before, and put back since; nothing was done");
	last_restored = state;
	return 0;
}

static int command_restore(struct attempt *attempt)
{
	int error = engine_said(
		co_engine_open(attempt->engine, attempt->reserved.data, attempt->reserved.size));

	if (!error)
		error = lend_memory(attempt, false);
	if (!error)
		error = engine_said(co_engine_prepare(attempt->engine));
	if (!error)
		error = remember_image(&attempt->reserved);
	if (!error)
		error = engine_said(co_engine_restore(attempt->engine));
	return error;
}

static int recall(void)
{
	int error;

	if (!committed)
		return refuse(-EINVAL, "nothing is committed that could be recalled");
	error = engine_said(co_engine_recall(committed->engine));
	report_write(&lines, committed->engine);
	if (!error)
		erase(committed);
	attempt_end(committed);
	committed = NULL;
	return error;
}

/* Needs neither converter nor engine: it is for whoever has the wrong ones. */
static int discard(void)
{
	struct attempt attempt = {0};
	int error = 0;

	if (committed)
		return refuse(-EBUSY, "a switch is committed: kexec, or recall it");
	if (reserved_map(&attempt.reserved))
		return refuse(-ENXIO, attempt.reserved.why);
	if (!image_waits(&attempt) || co_seal_mark(attempt.reserved.data, CO_MARK_RECALLED))
		error = refuse(-ENOENT, "no image waits in the reserved memory");
	else
		erase(&attempt);
	reserved_unmap(&attempt.reserved);
	return error;
}

static int run(enum co_role role, int (*command)(struct attempt *attempt))
{
	struct attempt *attempt = NULL;
	int error;

	if (committed)
		return refuse(-EBUSY, "a switch is committed: kexec, or recall it");
	error = attempt_begin(&attempt, role);
	if (!error)
		error = command(attempt);
	if (attempt && attempt->engine)
		report_write(&lines, attempt->engine);
	if (!error && attempt->engine->step == CO_STEP_COMMITTED) {
		committed = attempt;
		return 0;
	}
	if (attempt)
		clean_up(attempt); /* after the report, which has names of the image */
	attempt_end(attempt);
	return error;
}

static int run_word(const char *word)
{
	if (!strcmp(word, "preflight"))
		return run(CO_ROLE_OLD, command_preflight);
	if (!strcmp(word, "switch"))
		return run(CO_ROLE_OLD, command_switch);
	if (!strcmp(word, "restore"))
		return run(CO_ROLE_NEW, command_restore);
	if (!strcmp(word, "recall"))
		return recall();
	if (!strcmp(word, "discard"))
		return discard();
	return refuse(-EINVAL, "the commands are preflight, switch, recall, restore, discard");
}

static ssize_t device_write(struct file *file, const char __user *from, size_t n, loff_t *at)
{
	char word[16];
	size_t length = min(n, sizeof(word) - 1);
	int error;

	if (copy_from_user(word, from, length))
		return -EFAULT;
	word[length] = '\0';
	word[strcspn(word, "\n ")] = '\0';
	if (mutex_lock_interruptible(&co_lock))
		return -EINTR;
	lines.n = 0;
	lines.text[0] = '\0';
	lines_add(&lines, "command word=%s kernel=%s", word, running_kernel().release);
	error = run_word(word);
	lines_add(&lines, "result error=%d", error);
	mutex_unlock(&co_lock);
	return error ? error : (ssize_t)n;
}

static ssize_t device_read(struct file *file, char __user *to, size_t n, loff_t *at)
{
	ssize_t done;

	mutex_lock(&co_lock);
	done = simple_read_from_buffer(to, n, at, lines.text, lines.n);
	mutex_unlock(&co_lock);
	return done;
}

static const struct file_operations device_operations = {
	.owner = THIS_MODULE,
	.read = device_read,
	.write = device_write,
	.llseek = default_llseek,
};

static struct miscdevice device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "carryover",
	.fops = &device_operations,
	.mode = 0600,
};

static int __init carryover_init(void)
{
	int error;

	lines.room = CO_REPORT_ROOM;
	lines.text = kvzalloc(lines.room, GFP_KERNEL);
	if (!lines.text)
		return -ENOMEM;
	error = misc_register(&device);
	if (error)
		kvfree(lines.text);
	return error;
}

/* Whoever unloads the module while a switch is committed takes it back. */
static void __exit carryover_exit(void)
{
	misc_deregister(&device);
	if (committed) {
		mutex_lock(&co_lock);
		if (co_engine_recall(committed->engine))
			pr_warn("carryover: the committed switch could not be recalled\n");
		attempt_end(committed);
		mutex_unlock(&co_lock);
	}
	kvfree(lines.text);
}

module_init(carryover_init);
module_exit(carryover_exit);
MODULE_DESCRIPTION("State that crosses from one kernel release to the next");
MODULE_LICENSE("GPL");
