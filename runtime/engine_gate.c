// SPDX-License-Identifier: GPL-2.0-or-later OR MIT
/*
 * What is refused before anything is touched: registrations that contradict themselves, and the
 * wrong pair of releases, layouts or participants.
 */
#include "engine_core.h"

static int refuse(struct co_engine *e, uint32_t participant, const char *reason)
{
	return co_note(e, CO_E_PARTICIPANT, participant, reason);
}

/* ---- registrations --------------------------------------------------------------------------- */

static bool name_ok(const char *name)
{
	size_t n = 0;

	for (; name && name[n]; n++) {
		char c = name[n];

		if (n + 1 >= CO_NAME_MAX)
			return false;
		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		      c == '_' || c == '.' || c == '-'))
			return false;
	}
	return n > 0;
}

/* What contradicts itself in a registration, or NULL. */
static const char *contradiction(const struct co_participant *p)
{
	if (!p->prepare && !p->preflight && !p->freeze && !p->capture && !p->verify && !p->thaw &&
	    !p->abort && !p->restore && !p->audit)
		return "it has no function at all";
	if (!p->freeze != !p->thaw)
		return "freeze and thaw come together: one is missing";
	if (p->capture && !p->prepare)
		return "capture needs prepare, which says how much there will be";
	if (p->capture && !p->n_types)
		return "capture needs the types that it emits";
	if (p->restore && !p->n_types)
		return "restore needs the types that it takes";
	if (!p->capture && (p->preflight || p->freeze || p->verify))
		return "preflight, freeze and verify are for what capture emits, and there is none";
	if (p->audit && !p->restore)
		return "audit is for what restore made, and there is none";
	if (p->abort && !p->prepare)
		return "abort undoes prepare, and there is none";
	if (p->n_types && !p->capture && !p->restore)
		return "it carries types, but neither captures nor restores";
	return NULL;
}

static int check_tables(struct co_engine *e, uint32_t i)
{
	const struct co_participant *p = co_participant_at(e, i);

	if ((p->n_types && !p->types) || (p->n_symbols && !p->symbols))
		return refuse(e, i, "a table is not there, but has rows");
	for (uint32_t t = 0; t < p->n_types; t++) {
		if (!p->types[t].type || !p->types[t].type[0])
			return refuse(e, i, "a type without a name");
		for (uint32_t k = 0; k < t; k++)
			if (co_equal(p->types[t].type, p->types[k].type))
				return refuse(e, i, "a type that it carries twice");
	}
	for (uint32_t s = 0; s < p->n_symbols; s++)
		if (!p->symbols[s].module || !p->symbols[s].name || !p->symbols[s].name[0] ||
		    !p->symbols[s].address)
			return refuse(e, i, "a symbol without module, name or address");
	return CO_OK;
}

int co_check_registrations(struct co_engine *e)
{
	for (uint32_t i = 0; i < e->config.n_participants; i++) {
		const struct co_participant *p = co_participant_at(e, i);
		const char *wrong;
		int error;

		if (!p)
			return refuse(e, CO_NOWHERE, "a participant that is not there");
		if (!name_ok(p->name))
			return refuse(e, CO_NOWHERE,
				      "a participant's name is not [A-Za-z0-9_.-]{1,63}");
		e->report.participants[i].name = p->name;
		if (co_participant_find(e, p->name) != i)
			return refuse(e, i, "two participants of this name");
		wrong = contradiction(p);
		if (wrong)
			return refuse(e, i, wrong);
		error = check_tables(e, i);
		if (error)
			return error;
	}
	return CO_OK;
}

uint32_t co_participant_find(const struct co_engine *e, const char *name)
{
	for (uint32_t i = 0; i < e->config.n_participants; i++)
		if (co_participant_at(e, i) && co_equal(co_participant_at(e, i)->name, name))
			return i;
	return CO_NOWHERE;
}

bool co_carries(const struct co_engine *e, uint32_t participant, uint32_t type)
{
	const struct co_participant *p = co_participant_at(e, participant);

	if (type == CO_NOWHERE)
		return true;
	if (type >= e->config.converter->n_types)
		return false;
	for (uint32_t i = 0; i < p->n_types; i++)
		if (co_equal(p->types[i].type, e->config.converter->types[type].name))
			return true;
	return false;
}

/* ---- the gate -------------------------------------------------------------------------------- */

/* Reasons are put together here: "what: expected, but found". */
static void text_join(char text[CO_TEXT_MAX], const char *const *parts, size_t n_parts)
{
	size_t n = 0;

	for (size_t i = 0; i < n_parts; i++) {
		co_text_copy(text + n, CO_TEXT_MAX - n, parts[i]);
		n += co_length(text + n);
	}
}

static int refuse_gate(struct co_engine *e, uint32_t participant, const char *what,
		       const char *want, const char *have)
{
	const char *const parts[] = {what, want, ", but here is ",
				     have && have[0] ? have : "nothing known"};
	char reason[CO_TEXT_MAX];

	text_join(reason, parts, 4);
	return co_note(e, CO_E_GATE, participant, reason);
}

static int refuse_root(struct co_engine *e, const char *participant, const char *type)
{
	const char *const parts[] = {"a root needs the participant ", participant, " for ", type,
				     ", and none of that name carries it here"};
	char reason[CO_TEXT_MAX];

	text_join(reason, parts, 5);
	return co_note(e, CO_E_PARTICIPANT, CO_NOWHERE, reason);
}

static int gate_running(struct co_engine *e, const struct co_side_kernel *side, const char *layouts)
{
	const struct co_side_kernel *running = &e->config.running;

	if (!running->arch || !co_equal(running->arch, side->arch))
		return refuse_gate(e, CO_NOWHERE, "the converter is for machine ", side->arch,
				   running->arch);
	if (!running->release || !co_equal(running->release, side->release))
		return refuse_gate(e, CO_NOWHERE, "the converter is for release ", side->release,
				   running->release);
	if (running->build_id && running->build_id[0] && side->build_id[0] &&
	    !co_equal(running->build_id, side->build_id))
		return refuse_gate(e, CO_NOWHERE, "the converter is for build-id ", side->build_id,
				   running->build_id);
	if (e->config.layouts && !co_equal(e->config.layouts, layouts))
		return refuse_gate(e, CO_NOWHERE, "the converter is for layouts ", layouts,
				   e->config.layouts);
	return CO_OK;
}

static int gate_type(struct co_engine *e, uint32_t i, const struct co_carried *carried, bool is_new)
{
	const struct co_converter *c = e->config.converter;
	uint32_t row = co_type_find(c, carried->type);
	const struct co_type *t;
	const char *digest;

	if (row == CO_NOWHERE)
		return refuse_gate(e, i, "it carries ", carried->type,
				   "a converter that does not know this type");
	t = &c->types[row];
	if (!t->is_object || !t->convert)
		return refuse_gate(e, i, "it carries ", carried->type,
				   "a converter that has it only inside others");
	if (carried->size && carried->size != (is_new ? t->new_size : t->old_size))
		return refuse_gate(e, i, "the size of ", carried->type,
				   "another one in this build");
	digest = is_new ? t->new_digest : t->old_digest;
	if (carried->digest && !co_equal(carried->digest, digest))
		return refuse_gate(e, i, "the layout of ", carried->type,
				   "another one in this build");
	for (uint32_t r = 0; r < c->n_roots; r++)
		if (c->roots[r].type == row && !co_equal(c->roots[r].restore, "none") &&
		    co_equal(c->roots[r].restore, co_participant_at(e, i)->name))
			return CO_OK;
	/* What no root names crosses with something that is; what another's root names is not this
	 * one's. */
	for (uint32_t r = 0; r < c->n_roots; r++)
		if (c->roots[r].type == row && !c->roots[r].symbol)
			return refuse_gate(e, i, "the mapping leaves this type to ",
					   c->roots[r].restore, carried->type);
	return CO_OK;
}

/* Roots whose objects come from a participant: silence about one would lose its state. */
static int gate_roots(struct co_engine *e, bool is_new)
{
	const struct co_converter *c = e->config.converter;

	for (uint32_t r = 0; r < c->n_roots; r++) {
		const struct co_root *root = &c->roots[r];
		uint32_t i;

		if (co_equal(root->restore, "none") || root->symbol)
			continue;
		i = co_participant_find(e, root->restore);
		if (i == CO_NOWHERE && is_new && e->config.missing == CO_MISSING_SKIP)
			continue;
		if (i == CO_NOWHERE || !co_carries(e, i, root->type) ||
		    (is_new ? !co_participant_at(e, i)->restore
			    : !co_participant_at(e, i)->capture))
			return refuse_root(e, root->restore, c->types[root->type].name);
	}
	return CO_OK;
}

static int gate_side(struct co_engine *e, bool is_new)
{
	const struct co_converter *c = e->config.converter;
	int error =
		gate_running(e, is_new ? &c->to : &c->from, is_new ? c->new_digest : c->old_digest);

	if (c->address_size != sizeof(void *) ||
	    c->big_endian != (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__))
		error = refuse_gate(e, CO_NOWHERE, "the converter is for machine ", c->from.arch,
				    "another address size or byte order");
	for (uint32_t i = 0; i < e->config.n_participants && !error; i++) {
		const struct co_participant *p = co_participant_at(e, i);

		for (uint32_t t = 0; t < p->n_types && !error; t++)
			error = gate_type(e, i, &p->types[t], is_new);
	}
	return error ? error : gate_roots(e, is_new);
}

int co_gate_old(struct co_engine *e)
{
	return gate_side(e, false);
}

/* ---- the image's part --------------------------------------------------------------------------
 */

static int gate_image_types(struct co_engine *e)
{
	const struct co_converter *c = e->config.converter;
	const struct co_layout *layout = &e->image.layout;

	if (e->image.n_types != c->n_types)
		return refuse_gate(e, CO_NOWHERE, "the image was made by ", "the same converter",
				   "one with another number of types");
	for (uint32_t i = 0; i < c->n_types; i++) {
		struct co_layout_type t;

		layout->type(layout, i, &t);
		if (!co_equal(t.name, c->types[i].name) ||
		    !co_equal(t.digest, c->types[i].new_digest) || t.size != c->types[i].new_size ||
		    t.align != c->types[i].new_align || t.is_object != c->types[i].is_object)
			return refuse_gate(e, CO_NOWHERE, "the image has another layout of ",
					   c->types[i].name, t.name);
	}
	return CO_OK;
}

static int gate_image(struct co_engine *e)
{
	const struct co_converter *c = e->config.converter;
	const struct co_image *image = &e->image;
	const struct co_image_identity *id = &image->identity;
	const struct {
		const char *what, *want;
		uint32_t have;
	} rows[] = {
		{"the image is for machine ", c->to.arch, id->str_to_arch},
		{"the image is for release ", c->to.release, id->str_to_release},
		{"the image comes from release ", c->from.release, id->str_from_release},
		{"the mapping is ", c->mapping_digest, id->str_mapping_digest},
		{"the layouts are ", c->new_digest, id->str_layouts_digest},
	};

	if (!id->is_new)
		return refuse_gate(e, CO_NOWHERE, "the image holds ", "objects of this release",
				   "one that was not converted");
	if (id->address_size != c->address_size || id->big_endian != c->big_endian)
		return refuse_gate(e, CO_NOWHERE, "the image is for machine ", c->to.arch,
				   "another address size or byte order");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (!co_equal(rows[i].want, co_image_string(image, rows[i].have)))
			return refuse_gate(e, CO_NOWHERE, rows[i].what, rows[i].want,
					   co_image_string(image, rows[i].have));
	if (!image->at[CO_SECTION_PARTICIPANTS])
		return refuse_gate(e, CO_NOWHERE, "the image names ", "the participants",
				   "one that was captured without any");
	return gate_image_types(e);
}

/* An image that is older than it may be was kept and is replayed; one from the future, too. */
static int gate_age(struct co_engine *e)
{
	struct co_image_clock clock;
	uint64_t now, limit = e->config.max_age_s * 1000000000ull;

	if (!e->config.max_age_s)
		return CO_OK;
	co_image_clock(&e->image, CO_CLOCK_REAL - 1, &clock);
	if (!clock.known || !e->config.seam.wall ||
	    e->config.seam.wall(e->config.seam.data, CO_CLOCK_REAL, &now) < 0)
		return co_note(e, CO_E_GATE, CO_NOWHERE,
			       "the age of the image is not known, and it may not be old");
	if (now > clock.value && now - clock.value > limit)
		return co_note_value(e, CO_E_CONSUMED, CO_NOWHERE,
				     "the image is too old: its age in seconds",
				     (now - clock.value) / 1000000000);
	if (clock.value > now && clock.value - now > 60 * 1000000000ull)
		return co_note_value(e, CO_E_CONSUMED, CO_NOWHERE,
				     "the image comes from the future: seconds ahead",
				     (clock.value - now) / 1000000000);
	return CO_OK;
}

static int gate_arrivals(struct co_engine *e)
{
	for (uint32_t i = 0; i < e->image.n_participants; i++) {
		struct co_image_participant row;
		uint32_t at;

		co_image_participant(&e->image, i, &row);
		/* Reports have it as one word. */
		if (!name_ok(co_image_string(&e->image, row.str_name)))
			return co_note(e, CO_E_FORMAT, CO_NOWHERE,
				       "the image has objects of a participant whose name is not "
				       "[A-Za-z0-9_.-]{1,63}");
		at = co_participant_find(e, co_image_string(&e->image, row.str_name));
		if (!row.n_objects || e->config.missing == CO_MISSING_SKIP)
			continue;
		if (at == CO_NOWHERE || !co_participant_at(e, at)->restore) {
			refuse_gate(e, CO_NOWHERE, "objects wait for the participant ",
				    co_image_string(&e->image, row.str_name),
				    "no restore of that name");
			e->report.failure.error = CO_E_PARTICIPANT;
			return CO_E_PARTICIPANT;
		}
	}
	return CO_OK;
}

int co_gate_new(struct co_engine *e)
{
	int error = gate_side(e, true);

	if (!error)
		error = gate_image(e);
	if (!error)
		error = gate_age(e);
	return error ? error : gate_arrivals(e);
}
