/* SPDX-License-Identifier: Apache-2.0
 * Catalogues, lists made from them, and what is in force on a day. */
#include "world.h"

Test(lists, anybody_may_look_at_the_catalogues)
{
	World world = world_at("2026-09-18");

	as_public(&world);
	done(&world, get(&world, "/catalogues"), 200, "catalogues");
	world_clear(&world);
}
