// SPDX-License-Identifier: GPL-2.0-or-later
/* Who takes part: participants and the one converter, each in a module of its own. */
#include "internal.h"

DEFINE_MUTEX(co_lock);

static struct co_registry registry;
static bool taken_by_switch;

static u32 find(const char *name)
{
	u32 i;

	for (i = 0; i < registry.n; i++)
		if (!strcmp(registry.participants[i]->name, name))
			break;
	return i;
}

int co_participant_register(const struct co_participant *participant, struct module *owner)
{
	int error = 0;

	mutex_lock(&co_lock);
	if (taken_by_switch) {
		error = -EBUSY;
	} else if (find(participant->name) < registry.n) {
		error = -EEXIST;
	} else if (registry.n == CO_PARTICIPANTS_MAX) {
		error = -ENOSPC;
	} else {
		registry.participants[registry.n] = participant;
		registry.owners[registry.n++] = owner;
	}
	mutex_unlock(&co_lock);
	return error;
}
EXPORT_SYMBOL_GPL(co_participant_register);

void co_participant_unregister(const struct co_participant *participant)
{
	u32 i;

	mutex_lock(&co_lock);
	for (i = 0; i < registry.n && registry.participants[i] != participant; i++)
		;
	if (i < registry.n) {
		registry.n--;
		memmove(&registry.participants[i], &registry.participants[i + 1],
			(registry.n - i) * sizeof(registry.participants[0]));
		memmove(&registry.owners[i], &registry.owners[i + 1],
			(registry.n - i) * sizeof(registry.owners[0]));
	}
	mutex_unlock(&co_lock);
}
EXPORT_SYMBOL_GPL(co_participant_unregister);

int co_converter_register(const struct co_converter *converter, struct module *owner)
{
	int error = 0;

	mutex_lock(&co_lock);
	if (taken_by_switch) {
		error = -EBUSY;
	} else if (registry.converter) {
		error = -EEXIST;
	} else {
		registry.converter = converter;
		registry.converter_owner = owner;
	}
	mutex_unlock(&co_lock);
	return error;
}
EXPORT_SYMBOL_GPL(co_converter_register);

void co_converter_unregister(const struct co_converter *converter)
{
	mutex_lock(&co_lock);
	if (registry.converter == converter)
		registry.converter = NULL;
	mutex_unlock(&co_lock);
}
EXPORT_SYMBOL_GPL(co_converter_unregister);

int registry_take(struct co_registry *taken)
{
	u32 held = 0;

	if (!registry.converter || !try_module_get(registry.converter_owner))
		return -ENOENT;
	while (held < registry.n && try_module_get(registry.owners[held]))
		held++;
	if (held < registry.n) { /* one is on its way out */
		while (held--)
			module_put(registry.owners[held]);
		module_put(registry.converter_owner);
		return -EBUSY;
	}
	*taken = registry;
	taken_by_switch = true;
	return 0;
}

void registry_release(struct co_registry *taken)
{
	u32 i;

	if (!taken->converter)
		return;
	for (i = 0; i < taken->n; i++)
		module_put(taken->owners[i]);
	module_put(taken->converter_owner);
	taken->converter = NULL;
	taken_by_switch = false;
}

/* What generated converters and participants call. */
EXPORT_SYMBOL_GPL(co_phase_name);
EXPORT_SYMBOL_GPL(co_strerror);
EXPORT_SYMBOL_GPL(co_veto);
EXPORT_SYMBOL_GPL(co_no_memory);
EXPORT_SYMBOL_GPL(co_veto_value);
EXPORT_SYMBOL_GPL(co_deadline_passed);
EXPORT_SYMBOL_GPL(co_time_left);
EXPORT_SYMBOL_GPL(co_announce);
EXPORT_SYMBOL_GPL(co_type_of);
EXPORT_SYMBOL_GPL(co_emit);
EXPORT_SYMBOL_GPL(co_emit_side);
EXPORT_SYMBOL_GPL(co_check);
EXPORT_SYMBOL_GPL(co_arrival_side);
EXPORT_SYMBOL_GPL(co_arrival_pointer);
EXPORT_SYMBOL_GPL(co_arrival_address);
EXPORT_SYMBOL_GPL(co_arrived_at);
EXPORT_SYMBOL_GPL(co_arrived);
EXPORT_SYMBOL_GPL(co_old_clock);
EXPORT_SYMBOL_GPL(co_look);
EXPORT_SYMBOL_GPL(co_relocate);
EXPORT_SYMBOL_GPL(co_translate);
