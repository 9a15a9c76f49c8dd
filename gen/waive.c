/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Waivers against findings: a fingerprint says which finding is meant, the other words what a reader sees. */
#include "waive.h"
#include "check.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

const char *waive_today(struct arena *arena)
{
	const char *epoch = getenv("SOURCE_DATE_EPOCH");
	time_t now = time(NULL);
	struct tm day;
	char *end;
	long long given;

	errno = 0;
	given = epoch ? strtoll(epoch, &end, 10) : 0;
	if (epoch && *epoch && !*end && !errno && given >= 0)
		now = (time_t)given;
	if (!gmtime_r(&now, &day))
		return "9999-12-31";
	return arena_printf(arena, "%04d-%02d-%02d", day.tm_year + 1900, day.tm_mon + 1,
			    day.tm_mday);
}

/* What is waived is named by WORDS, or by nothing. */
static bool agree(const struct words *words, const char *found, const char *key,
		  const struct waiver *waiver, struct diags *diags)
{
	const struct place *at = words->text ? &words->at : &waiver->at;

	if (!strcmp(words->text ? words->text : "", found))
		return true;
	if (!*found)
		return diag_error(
			diags, *at,
			"`%s: %s`: the finding of this fingerprint has no %s; take it away", key,
			words->text, key);
	return diag_error(
		diags, *at,
		"`%s: %s`: the finding of this fingerprint is about %s; did you mean `%s: "
		"%s`?",
		key, words->text ? words->text : "", found, key, found);
}

static bool hold(const struct waiver *waiver, struct finding *finding, bool expired,
		 struct diags *diags)
{
	bool good = agree(&waiver->rule, finding->rule, "rule", waiver, diags);

	good &= agree(&waiver->type, finding->type, "type", waiver, diags);
	good &= agree(&waiver->member, finding->member, "member", waiver, diags);
	if (!good || expired)
		return good;
	finding->waived_by = waiver->reason.text;
	finding->waived_at = waiver->at;
	return true;
}

/* A type that neither side has is a slip of the pen when one is called nearly so. */
static bool type_known(const struct waiver *waiver, const struct diff *diff, struct diags *diags)
{
	const char *near;
	type_id id;

	if (!waiver->type.text || model_lookup(diff->old, waiver->type.text, &id, NULL, 0) ||
	    model_lookup(diff->new, waiver->type.text, &id, NULL, 0))
		return true;
	near = model_nearest(diff->new, waiver->type.text);
	return !near ||
	       diag_error(diags, waiver->type.at, "no type `%s` on either side; did you mean `%s`?",
			  waiver->type.text, near);
}

static void complain(const struct waiver *waiver, const char *rule, const char *message,
		     const char *consequence, const struct config *config,
		     struct findings *findings)
{
	struct finding *finding =
		findings_add(findings, rule, waiver->type.text ? waiver->type.text : "",
			     waiver->member.text ? waiver->member.text : "");

	finding->state = FINDING_STALE;
	finding->level = check_level(config, rule, finding->state);
	finding->at = waiver->at;
	finding->about = waiver->fingerprint.text;
	finding->message = message;
	finding->consequence = consequence;
	findings_weighed(findings);
}

static bool waive_one(const struct waiver *waiver, size_t n, const char *today,
		      const struct config *config, struct findings *findings, struct diags *diags)
{
	bool expired = waiver->expires.text && strcmp(waiver->expires.text, today) < 0;
	bool used = false, good = true;

	for (size_t i = 0; i < n; i++) {
		struct finding *finding = &findings->list.at[i];

		if (strcmp(finding->fingerprint, waiver->fingerprint.text))
			continue;
		used = true;
		good &= hold(waiver, finding, expired, diags);
	}
	if (!used && !type_known(waiver, findings->diff, diags))
		return false;
	if (!used)
		complain(waiver, "WAIVER_UNUSED",
			 arena_printf(&findings->arena,
				      "waives nothing: no finding of %s has its fingerprint",
				      waiver->rule.text),
			 "take it away; if something like it is found, that is another change",
			 config, findings);
	else if (expired)
		complain(waiver, "WAIVER_EXPIRED",
			 arena_printf(&findings->arena, "expired on %s (today is %s)%s%s",
				      waiver->expires.text, today,
				      waiver->owner.text ? "; ask " : "",
				      waiver->owner.text ? waiver->owner.text : ""),
			 "what it waived counts again", config, findings);
	return good;
}

bool waive(const struct waivers *waivers, const char *today, const struct config *config,
	   struct findings *findings, struct diags *diags)
{
	size_t n = findings->list.n;
	bool good = true;

	for (size_t i = 0; i < n; i++)
		finding_fingerprint(&findings->list.at[i], findings->list.at[i].fingerprint);
	for (size_t i = 0; i < waivers->list.n; i++)
		good &= waive_one(&waivers->list.at[i], n, today, config, findings, diags);
	return good;
}
