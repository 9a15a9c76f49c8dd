/* SPDX-License-Identifier: GPL-2.0-or-later OR MIT */
/*
 * The engine of a switch: the same state machine in a user-space host and in a kernel module.
 *
 *   PREPARE -> FREEZE -> CAPTURE -> CONVERT -> VERIFY -> COMMIT ... RESTORE -> AUDIT
 *      \________\_________\_________\__________\___ ABORT
 *
 * The old side of a switch, in order:
 *
 *   co_engine_init()       copies the configuration; refuses registrations that contradict
 * themselves co_engine_prepare()    the gate, then every participant's `prepare`: how much there
 * will be co_engine_measure()    how much memory that takes co_engine_memory()     the caller hands
 * it over co_engine_preflight()  optional, any number of times: which objects would not convert,
 * nothing frozen co_engine_switch()     FREEZE to COMMIT; or co_engine_step() for one phase at a
 * time
 *   ... the new side runs; or co_engine_recall() takes back what nobody has consumed yet
 *
 * The new side:
 *
 *   co_engine_init()       with CO_ROLE_NEW
 *   co_engine_open()       checks digest and image, the gate, and that every participant is there
 *   co_engine_measure(), co_engine_memory()   the image argument is not used on this side
 *   co_engine_prepare()    every participant's `prepare`
 *   co_engine_restore()    marks the memory as consumed, then RESTORE and AUDIT
 *
 * Rules that the engine keeps:
 * - It allocates nothing: all memory is the caller's. After co_engine_memory() the size of it is a
 * bound.
 * - Before COMMIT nothing of the old state changes but by a participant's `freeze`. Any failure
 * before COMMIT aborts by itself: when the function returns, `thaw` was called for every
 * participant that is frozen, in reverse order, then `abort` for every one that was prepared, in
 * reverse order.
 * - After COMMIT nothing of the old side fails. What the new side cannot restore is reported, by
 * object.
 * - The first trouble is kept, with the participant and the phase it happened in; co_report_text()
 * says it and what to do.
 * - An engine is used by one caller at a time.
 */
#ifndef CO_ENGINE_H
#define CO_ENGINE_H

#include "image.h"
#include "seam.h"
#include "sha256.h"

#define CO_PARTICIPANTS_MAX 32
#define CO_NAME_MAX 64	   /* bytes of the name of a participant or an object, the NUL included */
#define CO_TEXT_MAX 192	   /* bytes of a reason */
#define CO_REGION_ALIGN 64 /* of memory that is handed over */

enum co_role {
	CO_ROLE_OLD = 1, /* state leaves: prepare to commit */
	CO_ROLE_NEW,	 /* state arrives: open to audit */
};

enum co_phase {
	CO_PHASE_NONE,
	CO_PHASE_PREPARE,
	CO_PHASE_PREFLIGHT,
	CO_PHASE_FREEZE,
	CO_PHASE_CAPTURE,
	CO_PHASE_CONVERT,
	CO_PHASE_VERIFY,
	CO_PHASE_COMMIT,
	CO_PHASE_RESTORE,
	CO_PHASE_AUDIT,
	CO_PHASE_ABORT,
	CO_PHASES,
};

/* "FREEZE"; never NULL. */
const char *co_phase_name(enum co_phase phase);

struct co_engine;
struct co_call;
struct co_arrival;
struct co_room;
struct co_tally;

/* ---- participants -----------------------------------------------------------------------------
 */

/* A type whose objects a participant emits. */
struct co_carried {
	const char *type; /* as the converter spells it: "struct nf_conntrack_expect" */
	uint32_t size; /* sizeof in this build, checked against the side's layout; 0: not checked */
	const char *digest; /* of this side's layout, as the converter has it; NULL: not checked */
};

/*
 * Something that a CO_WAY_SYMBOL pointer may point at: its address here. Both sides list the same
 * (module, name); module "" is the kernel or the program itself.
 */
struct co_linked {
	const char *module, *name;
	const void *address;
};

/*
 * Who brings objects, and who takes them back. The same constant can be registered on both sides.
 *
 * Every function gets the call it is made in: for the helpers below, and call->data. Those that
 * return int answer 0, or a negative number: a veto. Say why with `return co_veto(call, "...")`.
 * What the engine refused inside (co_emit() and so on) is passed on as it is. They run once each,
 * in the order of registration.
 *
 *   prepare    old: fills ROOM with how much there will be at most; may allocate. new: may allocate,
 *              load, reserve; ROOM is NULL. Nothing of the state changes.
 *   preflight  old: walks the live state, unfrozen, and gives each object to co_check().
 *   freeze     old: from its return until thaw no member that is captured changes. A veto means that
 *              nothing is frozen. May take back its count with co_announce().
 *   capture    old: emits exactly as many objects as were announced, with co_emit(), co_emit_side().
 *   verify     old: may look at the converted objects with co_look().
 *   thaw       undoes freeze. Cannot fail.
 *   abort      undoes prepare. Cannot fail.
 *   restore    new: makes one object, wholly or not at all; a veto leaves it out, reported by name.
 *   audit      new: compares TALLY with what it finds in the running system.
 *
 * Refused when registered (CO_E_PARTICIPANT): no name or one that is not [A-Za-z0-9_.-]{1,63}; two
 * of one name; no function at all; freeze without thaw or the reverse; capture without prepare or
 * types; restore without types; preflight, freeze or verify without capture; audit without restore;
 * abort without prepare; types without capture or restore; a type twice; a table that is NULL but
 * not empty.
 */
struct co_participant {
	const char *name; /* what the mapping's `restore:` says for its roots */
	const struct co_carried *types;
	uint32_t n_types;
	const struct co_linked *symbols;
	uint32_t n_symbols;
	uint32_t deadline_us[CO_PHASES]; /* microseconds for its function; 0: the configuration's.
					    For RESTORE: of all its objects together */
	int (*prepare)(struct co_call *call, struct co_room *room);
	int (*preflight)(struct co_call *call);
	int (*freeze)(struct co_call *call);
	int (*capture)(struct co_call *call);
	int (*verify)(struct co_call *call);
	void (*thaw)(struct co_call *call);
	void (*abort)(struct co_call *call);
	int (*restore)(struct co_call *call, const struct co_arrival *object);
	int (*audit)(struct co_call *call, const struct co_tally *tally);
	void *data;
};

/*
 * How much a participant will emit, at most; filled by `prepare`. All zero: nothing, exactly. State that can grow
 * until it is frozen asks for some more than there is.
 */
struct co_room {
	uint64_t objects;    /* calls of co_emit() */
	uint64_t bytes;	     /* of all old objects together */
	uint64_t largest;    /* old bytes of the largest one; 0: of the largest of its types */
	uint64_t copied;     /* of `bytes`, those emitted without CO_EMIT_BORROW */
	uint64_t sides;	     /* side values, those of the converter's capture functions too */
	uint64_t side_bytes; /* of all of them together */
	uint64_t name_bytes; /* of names given to co_emit() and co_emit_side(), NULs included */
	bool exact; /* `objects` is the count, not a bound. Else freeze must call co_announce() */
};

/* What a function of a participant is called with. Valid until it returns. */
struct co_call {
	void *data; /* the participant's */
	enum co_role role;
	enum co_phase phase;
	/* The rest is the engine's. */
	struct co_engine *engine;
	uint32_t participant;
	uint64_t start, deadline; /* ns; deadline 0: none */
	bool late;
};

/* Notes REASON (copied) as the reason of this call's veto; the result is the negative number to
 * return. */
int co_veto(struct co_call *call, const char *reason);
/* The same, for memory that could not be had. */
int co_no_memory(struct co_call *call);
/* The same with a number that the report shows. */
int co_veto_value(struct co_call *call, const char *reason, uint64_t value);

/* Whether this call has used up its time: what a loop that does not emit asks now and then. */
bool co_deadline_passed(struct co_call *call);

/* Microseconds left to this call; all ones without a deadline. */
uint64_t co_time_left(const struct co_call *call);

/*
 * freeze: there are exactly OBJECTS. When that is more than was prepared for, the switch aborts
 * after freeze returned; freeze has nothing to undo.
 */
void co_announce(struct co_call *call, uint64_t objects);

/* The number by which co_emit() and co_check() know the type NAME of the converter, or CO_NOWHERE.
 */
uint32_t co_type_of(const struct co_call *call, const char *name);

#define CO_EMIT_BORROW                                                                             \
	1u /* BYTES stay as they are until thaw or abort, aligned as their type: not copied */

struct co_emission {
	uint32_t type; /* of co_type_of(): one that the participant carries; CO_NOWHERE: plain bytes
			*/
	uint32_t flags;
	const void *bytes; /* the old object; of it only what the converter consumes is read */
	uint64_t size; /* bytes: one object, several in an array, or one with its flexible tail */
	uint64_t address; /* what pointers to it hold; 0: BYTES itself */
	const char *name; /* copied; NULL: PARTICIPANT[N] */
};

/*
 * capture: one old object crosses. Runs the converter's capture functions for it. CO_E_COUNT: more
 * than announced; CO_E_ROOM: more bytes than prepared for; CO_E_TYPE: a type it does not carry;
 * CO_E_ARGUMENT: an impossible size; CO_E_TIME: the deadline passed; CO_E_HOOK: a capture function
 * refused. After a failure all further emissions fail the same way: return it.
 */
CO_MUST_CHECK int co_emit(struct co_call *call, const struct co_emission *object);

/* capture: a side value of the object emitted last; restore finds it by NAME. CO_E_ROOM,
 * CO_E_ARGUMENT. */
CO_MUST_CHECK int co_emit_side(struct co_call *call, const char *name, const void *value,
			       uint32_t size);

/*
 * preflight: whether this live object's values convert (pointers are not looked at). A refusal is
 * kept as an issue of the report and the result is CO_OK: go on with the next. Errors as co_emit(),
 * but for the count.
 */
CO_MUST_CHECK int co_check(struct co_call *call, const struct co_emission *object);

/* An object of the new side. */
struct co_arrival {
	uint32_t index;	       /* its number in the image */
	uint32_t type;	       /* as co_type_of() says; CO_NOWHERE: plain bytes */
	const char *type_name; /* "" for plain bytes */
	const char *name;
	const void *bytes; /* the new object, aligned, pointers that cross zero: read-only */
	uint32_t size;
	bool lasting; /* BYTES lie in the image and stay as long as it does; else until the return
		       */
	uint64_t old_address;
};

/* restore, verify: the side value NAME of OBJECT, of exactly SIZE bytes. CO_E_ARGUMENT: there is
 * none. */
CO_MUST_CHECK int co_arrival_side(const struct co_call *call, const struct co_arrival *object,
				  const char *name, void *value, uint32_t size);

/* Where a pointer of an arrival leads. */
struct co_pointee {
	uint32_t target;    /* enum co_target, or 0: NULL, or a number that crossed as it was */
	uint32_t object;    /* CO_TARGET_OBJECT: its number in the image, else CO_NOWHERE */
	const char *path;   /* CO_TARGET_OBJECT: the place inside it; CO_TARGET_SYMBOL: the name */
	const char *module; /* CO_TARGET_SYMBOL */
	uint64_t tag;	    /* bits beside the address */
};

/* restore, verify: the pointer at PATH ("master", "rlim[3].next") of OBJECT. CO_E_ARGUMENT: no
 * pointer. */
CO_MUST_CHECK int co_arrival_pointer(const struct co_call *call, const struct co_arrival *object,
				     const char *path, struct co_pointee *pointee);

/*
 * restore: the pointer's value in this system: 0 for NULL; a symbol's address from the
 * participants' tables; the place inside an object where co_arrived_at() said that it lives.
 * CO_E_POINTER: its target was not restored (yet), said no address, or is none that this pointer can
 * lead to; or it is a number, though its way says that it crosses as a relocation.
 */
CO_MUST_CHECK int co_arrival_address(const struct co_call *call, const struct co_arrival *object,
				     const char *path, uint64_t *address);

/* restore: the object at hand lives at ADDRESS now; it starts with the new type. */
void co_arrived_at(struct co_call *call, uint64_t address);

/* restore: where object INDEX lives, as co_arrived_at() said; 0: it did not arrive. */
uint64_t co_arrived(const struct co_call *call, uint32_t index);

/* restore: a clock of the old system when it was captured. CO_E_READ: not known. */
CO_MUST_CHECK int co_old_clock(const struct co_call *call, enum co_clock clock, uint64_t *value);

/* verify: the participant's object number N (from 0). CO_E_ARGUMENT: it has fewer. */
CO_MUST_CHECK int co_look(struct co_call *call, uint32_t n, struct co_arrival *object);

/* What became of a participant's objects. */
struct co_tally {
	uint32_t in_image, restored, refused;
};

/* ---- what is reported ------------------------------------------------------------------------ */

/* An object that does not convert (preflight, convert) or was not restored. */
struct co_issue {
	enum co_phase phase;
	int error;
	char participant[CO_NAME_MAX];
	char object[CO_NAME_MAX]; /* its name; longer ones are cut */
	char field[CO_NAME_MAX];  /* path, or "" */
	char why[CO_TEXT_MAX];
	uint64_t value;
};

struct co_participant_report {
	const char *name; /* of the registration, or of the image when nobody registered it */
	uint64_t ns[CO_PHASES];
	bool prepared, frozen;
	uint64_t announced;				 /* all ones: not yet */
	uint64_t captured, converted, restored, refused; /* objects; refused: of restore */
	uint64_t bytes, sides;				 /* old bytes and side values captured */
};

/* What went wrong first. */
struct co_failure {
	int error; /* enum co_error; CO_OK: nothing */
	enum co_phase phase;
	const char *participant; /* NULL: nobody's */
	char reason[CO_TEXT_MAX];
	uint64_t value; /* of what the reason says, if has_value */
	bool has_value;
};

struct co_report {
	enum co_role role;
	enum co_phase phase; /* that was entered last, but for ABORT */
	struct co_failure failure;
	bool aborted, committed, consumed;
	uint64_t ns[CO_PHASES]; /* measured; FREEZE to COMMIT is the pause */
	struct co_participant_report participants[CO_PARTICIPANTS_MAX];
	uint32_t n_participants;
	uint32_t n_issues;	   /* in the configuration's array */
	uint64_t n_issues_dropped; /* for which there was no room */
};

/* What to do about ERROR in PHASE: one sentence, never NULL. */
const char *co_remedy(int error, enum co_phase phase);

/*
 * The trouble of REPORT in one line, as "FREEZE: nf_conntrack: vetoed: a helper is busy (7);
 * nothing was changed; ...", cut to ROOM bytes with the NUL. "" when there is none. Returns the
 * length.
 */
size_t co_report_text(const struct co_report *report, char *text, size_t room);

/* The same for an issue: "expect[3].timeout: value 12: ...". */
size_t co_issue_text(const struct co_issue *issue, char *text, size_t room);

/* ---- the engine ------------------------------------------------------------------------------ */

enum co_seal {
	CO_SEAL_SHA256, /* over everything that is handed over */
	CO_SEAL_NONE, /* memory that never leaves this process: no digest and no checksums, so that
			 nothing is read once more */
};

enum co_missing {
	CO_MISSING_REFUSE, /* new side: a participant of the image that is not registered refuses
			      it, and nothing is consumed: register it, and try again */
	CO_MISSING_SKIP,   /* its objects are reported as not restored, by name */
};

struct co_progress {
	enum co_phase phase;
	const char *participant; /* NULL: the phase begins */
	uint64_t done, total;	 /* objects; 0, 0: the participant begins */
};

struct co_engine_config {
	enum co_role role;
	const struct co_converter *converter; /* of the pair that is crossed; outlives the engine */
	/* Who runs this side: release and arch as the converter's `from` (old side) or `to` has
	   them. A build-id is compared where both have one. */
	struct co_side_kernel running;
	const char
		*layouts; /* digest of this side's layouts as this build knows it; NULL: the sizes
			     of the participants' types and assertions of the build speak for it */
	const struct co_participant *const *participants; /* they outlive the engine */
	uint32_t n_participants;
	struct co_seam seam;
	uint32_t deadline_us; /* for each function of a participant that has none of its own; 0:
				 none */
	uint32_t budget_us;   /* from FREEZE to COMMIT, old side; 0: none */
	uint32_t max_age_s;   /* new side: an image whose real-time clock is older, or ahead by more
				 than a   minute, is refused (a replay); 0: not looked at. Needs
				 seam.wall */
	enum co_seal seal;    /* the same on both sides */
	enum co_missing missing;
	struct co_issue *issues; /* room for issues, the caller's; may be NULL with 0 */
	uint32_t issues_room;
	/* Never called while a function of a participant runs. */
	void (*progress)(void *data, const struct co_progress *progress);
	void *progress_data;
};

/* Bytes, for co_engine_memory(). */
struct co_engine_sizes {
	uint64_t work;	/* scratch until COMMIT, or until AUDIT on the new side */
	uint64_t image; /* what is handed over; 0 on the new side */
};

enum co_step {
	CO_STEP_NEW,
	CO_STEP_OPENED, /* new side */
	CO_STEP_PREPARED,
	CO_STEP_FROZEN,
	CO_STEP_CAPTURED,
	CO_STEP_CONVERTED,
	CO_STEP_VERIFIED,
	CO_STEP_COMMITTED,
	CO_STEP_RESTORED,
	CO_STEP_DONE,	 /* new side: audited */
	CO_STEP_ABORTED, /* nothing more can be done but co_engine_init() */
};

/* Memory that is cut from one end; the engine's. */
struct co_pool {
	uint8_t *data;
	uint64_t size, used;
};

struct co_kept;
struct co_kept_side;
struct co_arm;
struct co_spot;
struct co_spots;

/* The engine: the caller's memory, some 12 KB; all but `report` and `step` are its own business. */
struct co_engine {
	struct co_engine_config config;
	struct co_report report;
	enum co_step step;
	struct co_room rooms[CO_PARTICIPANTS_MAX];
	struct co_room total;
	uint32_t first_object[CO_PARTICIPANTS_MAX + 1];
	struct co_engine_sizes sizes;
	struct co_pool work, region;
	/* captured */
	struct co_kept *kept;
	struct co_kept_side *sides;
	struct co_object *table;
	struct co_pool copies, side_bytes, strings, scratch;
	uint32_t *slots, n_slots, n_kept, n_sides;
	struct co_arm *arms; /* of the object that is converted */
	uint32_t n_arms, arms_room;
	struct co_spots *spots_of; /* by type: where pointers are */
	struct co_spot *spots;
	uint32_t spots_room;
	uint64_t *arrived;
	struct co_layout layout; /* the new side's, of the converter */
	/* the image that is made, or that was opened */
	struct co_section sections[CO_SECTION_LAST];
	uint64_t image_size;
	struct co_image image;
	struct co_image_trouble image_trouble;
	uint32_t object, element; /* at hand, for hooks */
	uint64_t paused;	  /* when FREEZE began, ns */
};

/*
 * Copies CONFIG and checks the converter and every registration; calls nobody. CO_E_ARGUMENT: no
 * clock, no converter, no such role, too many participants; CO_E_API, CO_E_PARTICIPANT. The report
 * says more.
 */
CO_MUST_CHECK int co_engine_init(struct co_engine *engine, const struct co_engine_config *config);

/*
 * Old side: the gate (arch, release, build-id, layouts, every root has its participant), then
 * `prepare` of every participant. New side: after co_engine_memory(). Fails with CO_E_GATE,
 * CO_E_PARTICIPANT, CO_E_VETO, CO_E_TIME, CO_E_LIMIT (more than 2^31 objects, or 2^40 bytes); has
 * aborted then.
 */
CO_MUST_CHECK int co_engine_prepare(struct co_engine *engine);

/* After co_engine_prepare() (old side) or co_engine_open() (new side): CO_E_PHASE before. */
CO_MUST_CHECK int co_engine_measure(const struct co_engine *engine, struct co_engine_sizes *sizes);

/*
 * Lends WORK_SIZE and IMAGE_SIZE bytes, both aligned to CO_REGION_ALIGN, which the caller keeps
 * until the engine is done with; IMAGE is what the new side opens, wherever it then is. More than
 * measured is used, too. Old side: writes the identity and the layouts there. CO_E_ROOM: less than
 * measured; CO_E_ARGUMENT: alignment; nothing is aborted then.
 */
CO_MUST_CHECK int co_engine_memory(struct co_engine *engine, void *work, uint64_t work_size,
				   void *image, uint64_t image_size);

/*
 * Old side, prepared: every participant's `preflight`. CO_E_VALUE: some objects would not convert,
 * they are the report's issues, and the engine is still prepared; anything else has aborted.
 */
CO_MUST_CHECK int co_engine_preflight(struct co_engine *engine);

/* Old side: the next phase, from FREEZE to COMMIT. A failure has aborted. */
CO_MUST_CHECK int co_engine_step(struct co_engine *engine);

/* Old side: every phase that is left, through COMMIT. A failure has aborted. */
CO_MUST_CHECK int co_engine_switch(struct co_engine *engine);

/* Undoes freeze and prepare; before COMMIT only, else CO_E_PHASE. A second time does nothing. */
int co_engine_abort(struct co_engine *engine);

/*
 * Old side, committed, when the new one did not start: takes the mark back, then thaws and aborts.
 * CO_E_CONSUMED: the new side has it already, nothing is thawed.
 */
CO_MUST_CHECK int co_engine_recall(struct co_engine *engine);

/* What was handed over: region and size in bytes, as co_engine_open() takes it. CO_STEP_COMMITTED
 * on. */
CO_MUST_CHECK int co_engine_region(const struct co_engine *engine, const void **data,
				   uint64_t *size);

/*
 * New side: REGION of SIZE bytes, aligned to CO_REGION_ALIGN, in which a sealed image begins; it is
 * written to once, the mark. CO_E_FORMAT, CO_E_CHECKSUM, CO_E_CONSUMED (applied or recalled
 * before), CO_E_GATE, CO_E_PARTICIPANT. Nothing is consumed.
 */
CO_MUST_CHECK int co_engine_open(struct co_engine *engine, void *region, uint64_t size);

/*
 * New side: sets the mark, then RESTORE for every object in the order of the image, then AUDIT.
 * Refused without any effect: CO_E_PHASE, CO_E_CONSUMED. Else CO_OK: all objects live; or the first
 * trouble, with an issue for each object that does not: what was restored stays.
 */
CO_MUST_CHECK int co_engine_restore(struct co_engine *engine);

/* ---- the seal of a region: for hosts that look without an engine -------------------------------
 */

#define CO_SEAL_SIZE 128 /* bytes before the image */

enum co_mark {
	CO_MARK_EMPTY = 0,
	CO_MARK_WRITING = 0x54495257,
	CO_MARK_READY = 0x59444552,
	CO_MARK_CONSUMED = 0x454e4f44,
	CO_MARK_RECALLED = 0x4b434142,
};

/* What a seal says; DIGEST is zero without SHA-256. */
struct co_seal_state {
	uint32_t mark; /* enum co_mark, or whatever is there */
	enum co_seal seal;
	uint64_t size; /* of the image, in bytes */
	uint8_t digest[CO_SHA256_SIZE];
};

/* Reads the seal of REGION, and no more of it: the mark, for who waits for it. CO_E_FORMAT. */
CO_MUST_CHECK int co_seal_peek(const void *region, uint64_t size, struct co_seal_state *state);

/* Reads the seal of REGION and compares the digest where there is one. CO_E_FORMAT, CO_E_CHECKSUM.
 */
CO_MUST_CHECK int co_seal_read(const void *region, uint64_t size, struct co_seal_state *state);

/* Seals IMAGE_SIZE bytes of an image that stand at REGION + CO_SEAL_SIZE: marks it as ready.
 * CO_E_ROOM. */
CO_MUST_CHECK int co_seal_write(void *region, uint64_t size, uint64_t image_size,
				enum co_seal seal);

/* READY becomes MARK as one step. CO_E_CONSUMED: it was not ready. */
CO_MUST_CHECK int co_seal_mark(void *region, enum co_mark mark);

/*
 * Zeroes the image behind the seal of REGION, whose mark says that nobody may restore it (CO_E_PHASE:
 * it does not): what it held is no secret any more, and a mark that is set back finds nothing. The seal
 * stays, to say what became of it. For hosts whose participants keep no bytes of the image.
 */
CO_MUST_CHECK int co_seal_erase(void *region, uint64_t size);

#endif
