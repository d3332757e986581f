/* SPDX-License-Identifier: Apache-2.0
 * The half of this plugin that is about items and places: what may be applied for, where, at which window, by whose hand it
 * comes out. Its rows of the plugin's tables, each ending in a comma, and what its files share. */
#ifndef APPROVALS_ITEMS_H
#define APPROVALS_ITEMS_H

#include "approvals.h"

#define MODE_CHOICES "direct=直办|agent=代办|escort=陪办"
#define PLACE_CHOICES "hall=县（市、区）政务服务中心|centre=便民服务中心|station=村（社区）便民服务站|self=24小时自助服务点|agency=部门办事大厅"
#define ZONE_CHOICES "guidance=咨询导办区|counter=综合服务区|elderly=老人服务专区|self=自助服务区|waiting=休息等候区"
#define DELIVERY_CHOICES "window=窗口领取|mail=免费邮寄|agent=代办员转交|online=网上下载|left=留置送达|public=公告送达"
#define N_ZONES 5

/* ---- item.c ---- */

struct problem {
	const char *path; /* of the element at fault */
	const char *code;
	const char *text;
	void (*told)(struct problem *problem); /* called with each, and the check goes on; NULL = it ends at the first */
	void *data;
};

json_t *item_at(const json_t *content, const char *path);
int64_t item_number(const json_t *content, const char *path);
/* Whether this may be published: all that a guide says, terms within the law, three steps, through the centre. true as well
 * where every fault was told. */
bool item_check(zhen_call *call, const json_t *content, struct problem *problem);
/* The code was not given up; false: @problem. */
bool item_code_free(zhen_call *call, const char *code, const char *owner, struct problem *problem);
/* Whose the caller's items are: the own division; and the last code below one. "" = as shipped, of all. */
const char *item_owner(zhen_call *call);
const char *item_upto(zhen_call *call, const char *owner);
/* Newer than what stands there, its code not given up, and fit to be published. */
bool item_publishable(zhen_call *call, const json_t *content, const char *owner, struct problem *problem);
/* Then a version is written. The row, 0 = @problem. */
int64_t item_publish(zhen_call *call, const json_t *content, const char *owner, struct problem *problem);
int64_t item_newest_version(zhen_call *call, const char *code, const char *owner);
/* The version of the code that is in force at that place today: id, code, name, form, mode, ...; NULL = none. */
const zhen_row *item_in_force(zhen_call *call, const char *code, const char *at);
/* The row of what is asked for, version 0 = in force; at "" = at no place in particular. 0 = none. */
int64_t item_asked(zhen_call *call, const char *code, int64_t version, const char *at);
const char *today_of(zhen_call *call);

/* ---- item_csv.c ---- */

/* A table of items: of the fields "content" or "file", or of a setting. */
struct item_table;
/* Items in the form that is published, those without a fault. New reference. */
json_t *item_csv_read(zhen_call *call, const void *bytes, size_t length, struct item_table **out);
/* One more fault, of the element of that path. */
void item_csv_fault(struct item_table *table, int64_t line, const struct problem *problem);
/* 0, or the refusal of the whole table. */
zhen_result item_csv_refused(const struct item_table *table);
/* The first fault, for a log; NULL = none. */
const char *item_csv_problem(const struct item_table *table);

/* The next part of a cell, cut at either sign; NULL = there is none. */
char *item_cell_part(zhen_call *call, const char **at, const char *wide, char narrow);

/* ---- item_form.c: what the item's own form asks ---- */

/* NULL, or why it may not be published. */
const char *form_fault(zhen_call *call, const json_t *content);
/* 名称|类型|必填|限定；… into @fields. NULL, or what is wrong with it. */
const char *form_read(zhen_call *call, const char *cell, json_t *fields);
/* What the form begins with: members of the object that is open, or of an address. */
void form_begin(zhen_call *call, const json_t *content);
const char *form_query(zhen_call *call, const json_t *content);
const char *form_sample(zhen_call *call, const json_t *field);
/* Field "answers" held to what is asked: 0 and what is kept of it, or the refusal that names the rows. */
zhen_result form_take(zhen_call *call, const json_t *content, const char **out_json);

/* ---- item_draft.c ---- */

/* Whether what one makes another publishes. */
bool draft_is_needed(zhen_call *call);
int64_t draft_put(zhen_call *call, const json_t *content);

/* ---- item_import.c ---- */

/* As shipped. */
bool item_csv_setting(zhen_call *call, const char **out_problem);

/* ---- offer.c: which items a township or village offers ---- */

/* The caller makes the division's draft anew. */
void offer_draft_begin(zhen_call *call, const char *division);

/* Whether the item may be applied for there today: 0, or the refusal. */
zhen_result offer_allows(zhen_call *call, const zhen_row *item, const char *township, const char *village);

/* ---- place.c ---- */

/* The codes of a division and all below it; unknown or "": of all. */
void division_range(zhen_call *call, const char *division, const char **out_low, const char **out_high);
/* The open place of that row; NULL = none. */
const zhen_row *place_row(zhen_call *call, int64_t id);
/* A place to be. */
struct place {
	const char *division, *kind, *name, *address, *hours, *phone, *amenities;
	bool standard; /* built to the standard */
};

/* The code of what forbids it there, @out_text why; NULL = nothing does. */
const char *place_fault(zhen_call *call, const struct place *place, const char **out_text);
int64_t place_store(zhen_call *call, const struct place *place);
/* Who answers for a body's steps by name; "" = nobody is named. */
const char *officer_of(zhen_call *call, const char *body);

/* ---- door.c ---- */

/* How a matter came in. */
struct filing {
	const char *channel, *point, *place_visited; /* place_visited "" = nobody went anywhere */
	int64_t visits, materials_at;
	const char *credit_code, *representative; /* of an organisation; NULL or "" = a person */
};

/* Fields "channel" and "place" against who calls: 0, or the refusal that names the field. */
zhen_result door_of(zhen_call *call, const zhen_row *item, const char *township, bool by_agent, struct filing *out);
const char *door_station(zhen_call *call, const char *village);
zhen_result door_not_at_station(zhen_call *call);

/* ---- generic.c: any item but the homestead, which has a form of its own ---- */

zhen_result filing_no_window(zhen_call *call);
/* Number, code, row, watch, event: what every application has. 0, or the refusal; @out is the new matter. */
zhen_result filing_open(zhen_call *call, const zhen_row *item, const struct filing *filing, struct matter *out,
                        const char **out_code);
/* When the clock of what came in now through @channel begins. */
int64_t filing_counted_from(zhen_call *call, const char *township, const char *channel);
zhen_result filing_answer(zhen_call *call, const struct matter *matter, const char *code);
/* Which window or station accepts it, said in the act of accepting. 0, or the refusal. */
zhen_result filing_desk(zhen_call *call, struct matter *matter);
/* Whether persons, or organisations, may apply for it; either where its guide does not say. */
bool item_serves(const json_t *content, bool organisation);
bool matter_is_homestead(zhen_call *call, const struct matter *matter);
bool matter_is_licence(zhen_call *call, const struct matter *matter); /* 行政许可: its papers cite that law */
/* "根据《中华人民共和国行政许可法》…，", of a licence; else "". */
const char *licensing_law(zhen_call *call, const struct matter *matter, const char *article);
bool matter_is_direct(zhen_call *call, const struct matter *matter);
void generic_facts(zhen_call *call, const struct matter *matter, zhen_sheet *sheet);
void generic_show(zhen_call *call, int64_t matter);

/* ---- decision.c ---- */

/* 直办: the certificate in the same breath as the decision. */
void issue_now(zhen_call *call, struct matter *matter);

/* ---- office.c ---- */

/* Texts that are not known are "". station: of the village that was asked for. */
struct office {
	const char *township, *name, *government, *window, *address, *phone, *hours, *person, *station;
};

/* Of a township, or of a village's; false: it is neither. */
bool office_of(zhen_call *call, const char *division, struct office *out);
void office_show(zhen_call *call, const struct office *office);

/* ---- questions.c ---- */

/* What people ask of a guide, and the answer out of an item and, where one is asked for, of a township's office. */
struct guide_question {
	const char *name, *title;
	const char *(*answer)(zhen_call *call, const json_t *content, const struct office *office);
};
#define N_QUESTIONS 5
extern const struct guide_question guide_questions[N_QUESTIONS];
/* 当场办结, 受理后10个工作日内办结 */
const char *guide_promise(zhen_call *call, int64_t days, const char *unit);
/* The form filled in: label and value. New reference. */
json_t *guide_sample(zhen_call *call, const json_t *content);
/* Whether each word of @q stands in the item's name, code, keywords or what it is for. */
bool guide_matches(const json_t *content, const char *q);

/* ---- guide.c ---- */

void volume_add(zhen_call *call, const char *township, const char *code);

/* ---- delivery.c ---- */

/* What is still to be done until the applicant has what was decided, and has had the time to say so; NULL = nothing. */
const char *delivery_lacking(zhen_call *call, const struct matter *matter, const char **out_code);
/* Whether something that was handed out is to be signed for by the applicant. */
bool delivery_waits_for_receipt(zhen_call *call, const struct matter *matter);
/* The ways of serving what is yet to be served, one for each paper and receiver, to whom it is the business of. */
void delivery_actions(zhen_call *call, const struct matter *matter);
void delivery_show(zhen_call *call, int64_t matter);

/* ---- outside.c: what the plugin duties tells ---- */

/* Why the township cannot do what rests on that duty, and since when; "" = it can. */
const char *power_missing(zhen_call *call, const char *township, const char *duty);
/* Changes when power_missing() may answer otherwise there. */
const char *powers_stamp(zhen_call *call, const char *township);
extern const zhen_field duty_event_fields[];
zhen_handle duty_listed, duty_withdrawn;
#define ITEMS_SUBSCRIPTIONS                                                                                  \
	{ .topic = "duties.item.assigned", .handle = duty_listed, .fields = duty_event_fields },             \
	{ .topic = "duties.item.changed", .handle = duty_listed, .fields = duty_event_fields },              \
	{ .topic = "duties.item.withdrawn", .handle = duty_withdrawn, .fields = duty_event_fields },

/* ---- the tables ---- */

extern const char items_more_sql[], places_sql[], network_sql[], guides_sql[], owners_sql[], offers_sql[];
#define ITEMS_MIGRATIONS                       \
	{ .number = 5, .sql = items_more_sql }, \
	{ .number = 6, .sql = places_sql },

extern const zhen_field draft_fields[], drafts_reply[], release_fields[], retire_fields[], import_fields[],
	import_reply[], versions_reply[], offer_fields[], offer_import_fields[], offer_publish_fields[],
	offer_show_fields[], offer_draft_fields[], offer_draft_reply[], offer_drafts_reply[], offer_reply[],
	offers_fields[], offers_reply[], report_fields[], report_reply[], duty_import_fields[], place_fields[],
	zones_fields[], desk_fields[], officer_fields[], places_fields[], places_reply[], place_show_fields[],
	place_reply[], bind_fields[], violations_reply[], coverage_fields[], coverage_reply[], apply_item_fields[],
	organisation_fields[], agency_fields[], agent_fields[], agent_end_fields[], agents_reply[],
	places_import_fields[], network_reply[], deliver_fields[], served_fields[], handover_fields[], receive_fields[],
	guide_fields[], guide_find_fields[], office_reply[], drawn_reply[], top_fields[], top_reply[], export_fields[],
	poster_fields[], done_reply[];

zhen_handle save_draft, list_drafts, release_item, release_items, retire_item, import_items, import_page, list_versions;
zhen_handle save_offer, import_offer, publish_offer, list_offers, show_offer, list_offer_drafts, show_offer_draft,
	report_items, import_duties;
zhen_handle add_place, set_zones, add_desk, set_officer, list_places, show_place, bind_item, list_violations,
	show_coverage, import_places, report_network;
zhen_handle apply_item, apply_organisation, apply_for, add_agent, end_agent, list_agents;
zhen_handle deliver_case, serve_return, hand_over, receive_result;
zhen_handle guide_prepare, draw_guide, send_guide, list_top, print_top, export_top, send_export, poster_prepare,
	draw_poster, send_poster;
zhen_handle turn_items;

#define IGET(path_, handle_, fields_, reply_, permission_, summary_, ...)                                               \
	{ .method = ZHEN_GET, .path = path_, .handle = handle_, .fields = fields_, .reply = reply_, .permission = permission_, \
	  .summary = summary_, __VA_ARGS__ }
#define IOPEN(path_, handle_, fields_, reply_, summary_, ...)                                                           \
	{ .method = ZHEN_GET, .path = path_, .handle = handle_, .fields = fields_, .reply = reply_, .flags = ZHEN_PUBLIC, \
	  .summary = summary_, __VA_ARGS__ }
#define IPOST(path_, handle_, fields_, reply_, permission_, subject_, summary_, ...)                                    \
	{ .method = ZHEN_POST, .path = path_, .handle = handle_, .fields = fields_, .reply = reply_, .permission = permission_, \
	  .subject = subject_, .summary = summary_, __VA_ARGS__ }

#define ITEMS_ROUTES                                                                                                          \
	IOPEN("/items/{code}/versions", list_versions, item_fields, versions_reply, "事项历次版本"),                          \
	IGET("/drafts", list_drafts, items_fields, drafts_reply, "approvals.publish", "待发布事项"),                          \
	IPOST("/drafts", save_draft, draft_fields, done_reply, "approvals.publish", NULL, "起草事项"),                        \
	IPOST("/drafts/publish", release_items, items_fields, done_reply, "approvals.publish", NULL, "全部发布"),               \
	IPOST("/drafts/{id}/publish", release_item, release_fields, done_reply, "approvals.publish", "id", "发布事项"),      \
	IPOST("/items/{code}/retire", retire_item, retire_fields, done_reply, "approvals.publish", "code", "停用事项"),       \
	IGET("/imports", import_page, items_fields, import_reply, "approvals.publish", "导入事项清单"),                       \
	{ .method = ZHEN_POST, .path = "/imports", .handle = import_items, .fields = import_fields, .reply = import_reply,    \
	  .permission = "approvals.publish", .flags = ZHEN_UPLOADS, .summary = "导入事项清单" },                              \
	IOPEN("/lists", list_offers, offers_fields, offers_reply, "政务服务事项清单"),                                        \
	IOPEN("/lists/{division}", show_offer, offer_show_fields, offer_reply, "政务服务事项清单"),                           \
	IGET("/lists/drafts", list_offer_drafts, items_fields, offer_drafts_reply, "approvals.publish", "待发布的事项清单"),  \
	IGET("/lists/drafts/{division}", show_offer_draft, offer_draft_fields, offer_draft_reply, "approvals.publish",         \
	     "核对、发布事项清单"),                                                                                          \
	IPOST("/lists", save_offer, offer_fields, done_reply, "approvals.publish", "division", "拟定事项清单"),               \
	{ .method = ZHEN_POST, .path = "/lists/imports", .handle = import_offer, .fields = offer_import_fields,               \
	  .reply = import_reply, .permission = "approvals.publish", .subject = "division", .flags = ZHEN_UPLOADS,             \
	  .summary = "导入辖区的事项清单" },                                                                                  \
	IPOST("/lists/{division}/publish", publish_offer, offer_publish_fields, done_reply, "approvals.publish", "division",  \
	      "发布事项清单"),                                                                                                \
	IOPEN("/reports/items", report_items, report_fields, report_reply, "事项统计"),                                       \
	IOPEN("/reports/network", report_network, coverage_fields, network_reply, "三级服务网络"),                            \
	IPOST("/duties/imports", import_duties, duty_import_fields, import_reply, "approvals.publish", "division",            \
	      "导入权责清单（未启用权责清单模块时）"),                                                                        \
	IOPEN("/places", list_places, places_fields, places_reply, "办事地点"),                                               \
	IOPEN("/places/{id}", show_place, place_show_fields, place_reply, "办事地点"),                                        \
	IPOST("/places", add_place, place_fields, done_reply, "approvals.places", "division", "登记办事地点"),                \
	IPOST("/places/imports", import_places, places_import_fields, import_reply, "approvals.places", NULL, "导入办事地点"), \
	IPOST("/places/{id}/zones", set_zones, zones_fields, done_reply, "approvals.places", "id", "登记功能区"),             \
	IPOST("/places/{id}/desks", add_desk, desk_fields, done_reply, "approvals.places", "id", "登记窗口"),                 \
	IPOST("/officers", set_officer, officer_fields, done_reply, "approvals.places", "body", "登记责任人"),                \
	IPOST("/bindings", bind_item, bind_fields, done_reply, "approvals.places", "code", "登记事项办理地点"),               \
	IGET("/violations", list_violations, items_fields, violations_reply, "approvals.read", "未进驻便民服务中心的事项"),   \
	IOPEN("/reports/self-service", show_coverage, coverage_fields, coverage_reply, "自助服务覆盖率"),                     \
	{ .method = ZHEN_POST, .path = "/items/{code}/apply", .handle = apply_item, .fields = apply_item_fields,       \
	  .reply = apply_reply, .flags = ZHEN_PUBLIC, .summary = "申请办理" },                                                \
	{ .method = ZHEN_POST, .path = "/items/{code}/organisation", .handle = apply_organisation, .fields = organisation_fields, \
	  .reply = apply_reply, .flags = ZHEN_PUBLIC, .summary = "单位申请办理" },                                            \
	IPOST("/items/{code}/agency", apply_for, agency_fields, apply_reply, "approvals.agent", "code", "代群众申请",   \
	     .feature = "agency"),                                                                                      \
	IGET("/agents", list_agents, items_fields, agents_reply, "approvals.read", "代办员", .feature = "agency"),      \
	IPOST("/agents", add_agent, agent_fields, done_reply, "approvals.places", "body", "登记代办员",                 \
	     .feature = "agency"),                                                                                      \
	IPOST("/agents/{id}/end", end_agent, agent_end_fields, done_reply, "approvals.places", "id", "终止代办",        \
	     .feature = "agency"),                                                                                      \
	IPOST("/cases/{id}/deliver", deliver_case, deliver_fields, act_reply, "approvals.deliver", "id", "统一出件"),         \
	IPOST("/cases/{id}/served", serve_return, served_fields, act_reply, "approvals.deliver", "id", "登记送达回证"),        \
	IPOST("/cases/{id}/handover", hand_over, handover_fields, act_reply, "approvals.agent", "id", "转交本人"),            \
	{ .method = ZHEN_POST, .path = "/track/receipt", .handle = receive_result, .fields = receive_fields,                  \
	  .flags = ZHEN_PUBLIC, .summary = "签收办理结果" },                                                                  \
	{ .method = ZHEN_POST, .path = "/items/{code}/guide", .handle = draw_guide, .prepare = guide_prepare,                 \
	  .fields = guide_fields, .reply = drawn_reply, .flags = ZHEN_PUBLIC, .summary = "打印办事指南" },                    \
	{ .method = ZHEN_GET, .path = "/items/{code}/guide", .handle = send_guide, .fields = guide_fields,                    \
	  .flags = ZHEN_PUBLIC, .summary = "办事指南（PDF）" },                                                               \
	IOPEN("/top", list_top, top_fields, top_reply, "高频事项", .feature = "top"),                                   \
	{ .method = ZHEN_POST, .path = "/top/guides", .handle = print_top, .prepare = guide_prepare, .fields = top_fields,    \
	  .reply = drawn_reply, .permission = "approvals.places", .subject = "division", .summary = "印制高频事项办事指南", \
	     .feature = "top" },                                                                                        \
	IPOST("/top/exports", export_top, top_fields, done_reply, "approvals.publish", "division", "导出高频事项",      \
	     .feature = "top"),                                                                                         \
	{ .method = ZHEN_GET, .path = "/exports/{id}", .handle = send_export, .fields = export_fields,                        \
	  .permission = "approvals.read", .summary = "下载导出的文件" },                                                      \
	{ .method = ZHEN_POST, .path = "/lists/{division}/poster", .handle = draw_poster, .prepare = poster_prepare,          \
	  .fields = poster_fields, .reply = drawn_reply, .permission = "approvals.places", .subject = "division",             \
	  .summary = "印制公示栏二维码", .feature = "poster" },                                                         \
	{ .method = ZHEN_GET, .path = "/posters/{division}", .handle = send_poster, .fields = poster_fields,             \
	  .flags = ZHEN_PUBLIC, .summary = "公示栏二维码（PDF）", .feature = "poster" },

#define ITEMS_JOBS { .name = "turn_items", .handle = turn_items, .every_ms = 60000, .summary = "到生效日期的事项版本生效" },

#define ITEMS_SETTINGS                                                                                                    \
	ZHEN_CSV_SETTING,                                                                                                 \
	{ .key = "items", .type = ZHEN_TEXT, .def = "data/approvals/items.csv", .flags = ZHEN_CONTENT,                    \
	  .help = "事项清单（CSV）：版本号比已发布的大才会发布" },                                                        \
	{ .key = "item_publisher", .type = ZHEN_CHOICE, .def = "another", .flags = ZHEN_PER_DIVISION,                      \
	  .choices = "another=起草、导入以外的人发布|anyone=可以由起草、导入的人自己发布",                                \
	  .help = "事项清单一人起草或导入、另一人核对发布（内部控制的通行做法，来源未规定，默认值）" },                   \
	{ .key = "work_hours", .type = ZHEN_TEXT, .def = "08:30-17:30",                                                   \
	  .help = "上班、下班时间；自助受理在此之外的，自下一个工作时间起计（来源未规定，默认值）" },                     \
	{ .key = "night_channels", .type = ZHEN_TEXT, .def = "self",                                                      \
	  .help = "上班时间之外自下一个工作时间起计的提交方式（self、online，以 | 分隔）；其余以提交当日为准" },          \
	{ .key = "duty_lists", .type = ZHEN_CHOICE, .def = "block", .choices = "block=不在清单的不受理|off=不核对",       \
	  .help = "事项所依据的职权不在本乡镇权责清单时" },                                                               \
	{ .key = "top_items", .type = ZHEN_INT, .def = "19", .min = 1, .max = 200, .unit = "项",                          \
	  .help = "上墙公布办事指南的高频事项数（湖东街道：19）" },

#define ITEMS_FEATURES                                                                                                  \
	{ .name = "agency", .title = "代办", .help = "代办员代群众申请（白沙镇、陈仓区）" },                            \
	{ .name = "top", .title = "高频事项", .help = "高频事项办事指南上墙、导出（湖东街道）" },                       \
	{ .name = "poster", .title = "公示栏二维码", .help = "扫码看事项清单（南山街道）" },

#define ITEMS_PERMISSIONS                                               \
	{ .name = "approvals.places", .title = "维护办事地点、窗口、代办员" }, \
	{ .name = "approvals.deliver", .title = "统一出件" },           \
	{ .name = "approvals.agent", .title = "代群众申请" },

#define ITEMS_MENU                                                                     \
	{ .title = "事项清单", .path = "/lists", .icon = "list", .order = 11 },        \
	{ .title = "办事地点", .path = "/places", .icon = "geo", .order = 14 },        \
	{ .title = "高频事项", .path = "/top", .icon = "fire", .order = 15, .feature = "top" },                         \
	{ .title = "代办员", .path = "/agents", .icon = "people", .permission = "approvals.read", .order = 24,          \
	     .feature = "agency" },                                                                                     \
	{ .title = "待发布事项", .path = "/drafts", .icon = "pencil-square", .permission = "approvals.publish", .order = 26 }, \
	{ .title = "未进驻事项", .path = "/violations", .icon = "alert", .permission = "approvals.read", .order = 25 }, \
	{ .title = "事项统计", .path = "/reports/items", .icon = "bar-chart", .order = 33 },                         \
	{ .title = "三级服务网络", .path = "/reports/network", .icon = "diagram-3", .order = 34 },                   \
	{ .title = "自助服务覆盖率", .path = "/reports/self-service", .icon = "bar-chart", .order = 35 },

#endif
