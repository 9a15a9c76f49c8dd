// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Keys of the types user and logon, handed in by serial: write their serials to the module's
 * parameter `serials` before the switch. The parameter `keyring` of the new side names the keyring
 * that they come back into, by its serial or as keyctl's special numbers; root's user keyring (-4)
 * unless it says otherwise.
 *
 * Frozen: every key is held by reference, with its semaphore for reading, so that nobody updates,
 * revokes or instantiates it.
 *
 * What crosses: type, description, payload, owner, group, permissions, and the wall-clock second at
 * which it expires. A serial does not: this kernel gives another one, which the log names. Keyrings
 * and keys of other types are refused by name; so is a key that expired, was revoked, or was never
 * made.
 */
#include "../carryover_kernel.h"

#include <keys/user-type.h>
#include <linux/cred.h>
#include <linux/key-type.h>
#include <linux/key.h>
#include <linux/keyctl.h>
#include <linux/mm.h>
#include <linux/timekeeping.h>

#define KEYS_MAX 64
#define PAYLOAD_MAX 32767    /* security/keys/user_defined.c */
#define DESCRIPTION_MAX 4096 /* security/keys/keyctl.c: KEY_MAX_DESC_SIZE */
#define NAME_ROOM 32

static int serials[KEYS_MAX];
static int n_serials;
module_param_array(serials, int, &n_serials, 0600);
MODULE_PARM_DESC(serials, "old side: the serials of the keys that cross");

static int keyring = KEY_SPEC_USER_KEYRING;
module_param(keyring, int, 0600);
MODULE_PARM_DESC(keyring, "new side: the keyring that they come back into");

static struct {
	struct key *at[KEYS_MAX];
	u32 n;
} held;

/*
 * ---- the old side -------------------------------------------------------------------------------
 */

static const char *refusal(const struct key *key)
{
	if (key->type != &key_type_user && key->type != &key_type_logon)
		return "a key is neither of type user nor logon: hand in the keys of a keyring one "
		       "by one";
	if (key_read_state(key) != KEY_IS_POSITIVE)
		return "a key was never made";
	if (key->flags & (1 << KEY_FLAG_REVOKED | 1 << KEY_FLAG_INVALIDATED | 1 << KEY_FLAG_DEAD))
		return "a key was revoked";
	if (key->expiry && key->expiry <= ktime_get_real_seconds())
		return "a key has expired";
	return NULL;
}

static void held_put(void)
{
	while (held.n)
		key_put(held.at[--held.n]);
}

static void room_add(struct co_room *room, const struct key *key)
{
	room->objects++;
	room->bytes += sizeof(*key);
	room->sides += 5;
	room->side_bytes += PAYLOAD_MAX + 3 * sizeof(u32) + strlen(key->description) + 1;
	room->name_bytes += NAME_ROOM + sizeof("type") + sizeof("payload") +
			    sizeof("payload_size") + sizeof("description") +
			    sizeof("description_size");
}

static int hold_one(struct co_call *call, int serial, struct co_room *room)
{
	key_ref_t ref = lookup_user_key(serial, 0, KEY_NEED_VIEW);
	const char *why;

	if (IS_ERR(ref))
		return co_veto_value(call, "there is no key of that serial", (u32)serial);
	held.at[held.n++] = key_ref_to_ptr(ref);
	why = refusal(key_ref_to_ptr(ref));
	if (why)
		return co_veto_value(call, why, (u32)serial);
	room_add(room, key_ref_to_ptr(ref));
	return 0;
}

static int old_prepare(struct co_call *call, struct co_room *room)
{
	int error = 0, i;

	for (i = 0; i < n_serials && !error; i++)
		error = hold_one(call, serials[i], room);
	room->copied = room->bytes;
	room->exact = true;
	if (error)
		held_put();
	return error;
}

static void old_thaw(struct co_call *call)
{
	u32 i;

	for (i = 0; i < held.n; i++)
		up_read_non_owner(&held.at[i]->sem);
}

static int old_freeze(struct co_call *call)
{
	const char *why = NULL;
	u32 i;

	for (i = 0; i < held.n; i++)
		down_read_non_owner(&held.at[i]->sem);
	for (i = 0; i < held.n && !why; i++)
		why = refusal(held.at[i]);
	if (!why)
		return 0;
	old_thaw(call);
	return co_veto_value(call, why, (u32)held.at[i - 1]->serial);
}

/* Bytes of any length: the size goes before them. */
static int emit_bytes(struct co_call *call, const char *size_name, const char *name,
		      const void *bytes, u32 size)
{
	int error = co_emit_side(call, size_name, &size, sizeof(size));

	return error || !size ? error : co_emit_side(call, name, bytes, size);
}

static struct co_emission object_of(const struct co_call *call, const struct key *key,
				    char name[NAME_ROOM])
{
	snprintf(name, NAME_ROOM, "key %d", key->serial);
	return (struct co_emission){
		.type = co_type_of(call, "struct key"),
		.bytes = key,
		.size = sizeof(*key),
		.name = name,
	};
}

static int emit_one(struct co_call *call, struct key *key)
{
	const struct user_key_payload *payload = rcu_dereference_raw(key->payload.rcu_data0);
	u32 is_logon = key->type == &key_type_logon;
	char name[NAME_ROOM];
	const struct co_emission object = object_of(call, key, name);
	int error;

	if (!payload)
		return co_veto_value(call, "a key has no payload", (u32)key->serial);
	error = co_emit(call, &object);
	if (!error)
		error = co_emit_side(call, "type", &is_logon, sizeof(is_logon));
	if (!error)
		error = emit_bytes(call, "description_size", "description", key->description,
				   strlen(key->description) + 1);
	if (!error)
		error = emit_bytes(call, "payload_size", "payload", payload->data,
				   payload->datalen);
	return error;
}

static int old_preflight(struct co_call *call)
{
	char name[NAME_ROOM];
	int error = 0;
	u32 i;

	for (i = 0; i < held.n && !error; i++) {
		const struct co_emission object = object_of(call, held.at[i], name);

		down_read(&held.at[i]->sem);
		error = co_check(call, &object);
		up_read(&held.at[i]->sem);
	}
	return error;
}

static int old_capture(struct co_call *call)
{
	int error = 0;
	u32 i;

	for (i = 0; i < held.n && !error; i++)
		error = emit_one(call, held.at[i]);
	return error;
}

/*
 * ---- the new side -------------------------------------------------------------------------------
 */

/*
 * What emit_bytes() put, of at most LIMIT bytes, in memory of its own; NULL: missing, too long, no
 * memory.
 */
static void *arrival_bytes(struct co_call *call, const struct co_arrival *object,
			   const char *size_name, const char *name, u32 limit, u32 *size)
{
	char *bytes;

	if (co_arrival_side(call, object, size_name, size, sizeof(*size)) || *size > limit)
		return NULL;
	bytes = kvzalloc(*size + 1, GFP_KERNEL);
	if (bytes && *size && co_arrival_side(call, object, name, bytes, *size)) {
		kvfree_sensitive(bytes, *size + 1);
		return NULL;
	}
	return bytes;
}

static int make_key(struct co_call *call, const struct co_arrival *object, struct key_type *type,
		    const char *description, const void *payload, u32 size)
{
	const struct key *image = object->bytes;
	key_ref_t ring = lookup_user_key(keyring, KEY_LOOKUP_CREATE, KEY_NEED_WRITE);
	struct key *key;
	int error;

	if (IS_ERR(ring))
		return co_veto_value(
			call, "the keyring that the parameter `keyring` names cannot be written to",
			-PTR_ERR(ring));
	key = key_alloc(type, description, image->uid, image->gid, current_cred(), image->perm,
			KEY_ALLOC_QUOTA_OVERRUN, NULL);
	error = IS_ERR(key)
			? PTR_ERR(key)
			: key_instantiate_and_link(key, payload, size, key_ref_to_ptr(ring), NULL);
	key_ref_put(ring);
	if (!error) {
		if (image->expiry)
			key_set_timeout(key, image->expiry - ktime_get_real_seconds());
		pr_info("carryover: %s is key %d here\n", object->name, key->serial);
		co_arrived_at(call, (uintptr_t)key);
	}
	if (!IS_ERR(key))
		key_put(key);
	return error ? co_veto_value(call, "this kernel does not take the key", -error) : 0;
}

static int new_restore(struct co_call *call, const struct co_arrival *object)
{
	const struct key *image = object->bytes;
	u32 description_size, payload_size, is_logon;
	char *description, *payload;
	int error;

	if (image->expiry && image->expiry <= ktime_get_real_seconds())
		return co_veto(call, "it expired on the way");
	if (image->expiry && image->expiry - ktime_get_real_seconds() > UINT_MAX)
		return co_veto(call, "it expires later than a key can");
	if (image->perm & ~(KEY_POS_ALL | KEY_USR_ALL | KEY_GRP_ALL | KEY_OTH_ALL))
		return co_veto_value(call, "it grants what this kernel does not know", image->perm);
	if (!uid_valid(image->uid) || !gid_valid(image->gid))
		return co_veto(call, "it belongs to nobody");
	if (co_arrival_side(call, object, "type", &is_logon, sizeof(is_logon)) || is_logon > 1)
		return co_veto(call, "its type is missing in the image, or neither user nor logon");
	description = arrival_bytes(call, object, "description_size", "description",
				    DESCRIPTION_MAX, &description_size);
	payload =
		arrival_bytes(call, object, "payload_size", "payload", PAYLOAD_MAX, &payload_size);
	if (description && payload)
		error = make_key(call, object, is_logon ? &key_type_logon : &key_type_user,
				 description, payload, payload_size);
	else
		error = co_veto(
			call,
			"its description or payload is missing in the image, or memory is short");
	if (payload)
		kvfree_sensitive(payload, payload_size + 1);
	kvfree(description);
	return error;
}

/*
 * ---- both ---------------------------------------------------------------------------------------
 */

static int prepare(struct co_call *call, struct co_room *room)
{
	return call->role == CO_ROLE_OLD ? old_prepare(call, room) : 0;
}

static void abort_(struct co_call *call)
{
	held_put();
}

static const struct co_carried types[] = {
	{.type = "struct key", .size = sizeof(struct key)},
};

static const struct co_participant key = {
	.name = "key",
	.types = types,
	.n_types = ARRAY_SIZE(types),
	.prepare = prepare,
	.preflight = old_preflight,
	.freeze = old_freeze,
	.capture = old_capture,
	.thaw = old_thaw,
	.abort = abort_,
	.restore = new_restore,
};

CO_PARTICIPANT_MODULE(key);
