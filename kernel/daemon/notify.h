/* SPDX-License-Identifier: Apache-2.0
 * Tells systemd (Type=notify) how it goes; nothing without NOTIFY_SOCKET. */
#pragma once

void notify_systemd(const char *state); /* "READY=1" */
