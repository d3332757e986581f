/* SPDX-License-Identifier: Apache-2.0
 * A text that would become a script, and what it has to look like on a page. */
#pragma once

#define NASTY "<script>alert(1)</script>&\"'"
#define INERT "&lt;script&gt;alert(1)&lt;/script&gt;&amp;&quot;&#39;"
