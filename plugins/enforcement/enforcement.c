/* SPDX-License-Identifier: Apache-2.0
 * 综合执法（一支队伍管执法）: the team of a township, who of it may act as an officer on a day, and what the township may enforce on
 * it. This file is the plugin: its tables. */
#include "errand.h"
#include "proceeding.h"

#include <zhen/casework/csv.h>

#define READ(path_, handle_, fields_, reply_, summary_, ...)                                            \
	{ .method = ZHEN_GET, .path = path_, .handle = handle_, .fields = fields_, .reply = reply_,     \
	  .permission = "enforcement.read", .summary = summary_, __VA_ARGS__ }
#define ACT(path_, handle_, fields_, reply_, permission_, subject_, summary_, ...)                      \
	{ .method = ZHEN_POST, .path = path_, .handle = handle_, .fields = fields_, .reply = reply_,    \
	  .permission = "enforcement." permission_, .subject = subject_, .summary = summary_, __VA_ARGS__ }
#define AREAS .feature = "areas"
#define VEHICLES .feature = "vehicles"
#define NAMES .unmask = "enforcement.personal"

#define ORDINARY .feature = "proceedings"
static const zhen_route routes[] = {
	READ("/teams", list_teams, teams_fields, teams_reply, "执法队伍"),
	READ("/teams/{id}", show_team, id_fields, team_reply, "队伍"),
	ACT("/teams", create_team, team_fields, NULL, "team", "township", "筹建队伍"),
	ACT("/teams/{id}/establish", establish_team, establish_fields, team_state_reply, "team", "id", "确认建队"),
	ACT("/teams/{id}/readiness", set_ready, ready_fields, team_state_reply, "team", "id", "登记建设情况"),
	ACT("/teams/{id}/members", add_member, join_fields, NULL, "team", "id", "登记人员"),
	READ("/members", list_members, members_fields, members_reply, "人员"),
	READ("/members/{id}", show_member, id_fields, member_reply, "人员详情", NAMES, .subject = "id"),
	ACT("/members/{id}/certificates", add_certificate, certificate_fields, NULL, "certify", "id", "登记执法证件"),
	ACT("/members/{id}/frontline", set_frontline, frontline_fields, member_state_reply, "team", "id",
	    "登记是否在一线"),
	ACT("/members/{id}/leave", leave_member, leave_fields, member_state_reply, "team", "id", "离队"),
	ACT("/certificates/{id}/revoke", revoke_certificate, revoke_fields, certificate_state_reply, "certify", "id",
	    "注销执法证件"),
	READ("/officers", list_officers, officers_fields, officers_reply, "某日可以执法的人员"),
	READ("/squads", list_squads, no_fields, squads_reply, "中队和片区", AREAS),
	READ("/squads/{id}", show_squad, id_fields, squad_reply, "中队", AREAS, NAMES, .subject = "id"),
	ACT("/teams/{id}/squads", add_squad, squad_fields, NULL, "team", "id", "编组中队", AREAS),
	ACT("/squads/{id}/leader", set_leader, lead_fields, squad_state_reply, "team", "id", "换队长", AREAS),
	ACT("/squads/{id}/areas", set_area, area_fields, squad_state_reply, "team", "id", "划定片区、网格", AREAS),
	READ("/where", show_where, where_fields, where_reply, "这个村（社区）由谁负责", AREAS, NAMES,
	     .subject = "village"),
	READ("/vehicles", list_vehicles, vehicles_fields, vehicles_reply, "执法车辆", VEHICLES),
	READ("/vehicles/{id}", show_vehicle, id_fields, vehicle_reply, "车辆", VEHICLES),
	ACT("/teams/{id}/vehicles", add_vehicle, vehicle_fields, NULL, "team", "id", "登记车辆", VEHICLES),
	ACT("/vehicles/{id}/retire", retire_vehicle, retire_fields, vehicle_reply, "team", "id", "停用车辆", VEHICLES),
	READ("/items", list_items, items_fields, items_reply, "某日有效的执法事项"),
	READ("/items/{id}", show_item, id_fields, item_reply, "事项"),
	ACT("/items/import", import_items, import_fields, imported_reply, "items", "township", "导入执法事项"),
	ACT("/items/{id}/end", end_item, end_fields, item_reply, "items", "id", "终止导入的事项"),
	READ("/patrols", list_patrols, patrols_fields, patrols_reply, "巡查、检查", NAMES),
	ACT("/patrols", add_patrol, patrol_fields, NULL, "handle", NULL, "登记巡查、检查"),
	ACT("/patrols/{id}/findings", add_finding, finding_fields, NULL, "handle", "id", "登记发现的问题"),
	READ("/findings", list_findings, findings_fields, findings_reply, "发现的问题"),
	READ("/findings/{id}", show_finding, id_fields, finding_reply, "问题", NAMES, .subject = "id"),
	ACT("/findings/{id}/advise", advise_finding, advise_fields, finding_state_reply, "handle", "id", "提醒"),
	ACT("/findings/{id}/order", order_finding, correct_fields, finding_state_reply, "handle", "id", "责令改正"),
	ACT("/findings/{id}/correct", correct_finding, advise_fields, finding_state_reply, "handle", "id",
	    "确认已改正"),
	ACT("/findings/{id}/case", open_penalty, open_fields, NULL, "handle", "id", "立案"),
	READ("/penalties", list_penalties, penalties_fields, penalties_reply, "处罚案件"),
	READ("/penalties/{id}", show_penalty, id_fields, penalty_reply, "处罚案件详情", NAMES, .subject = "id"),
	ACT("/penalties/{id}/inform", inform_penalty, inform_fields, penalty_state_reply, "handle", "id", "告知"),
	ACT("/penalties/{id}/defend", defend_penalty, defence_fields, penalty_state_reply, "handle", "id",
	    "记录陈述、申辩"),
	ACT("/penalties/{id}/decide", decide_penalty, decide_fields, penalty_state_reply, "handle", "id", "当场决定"),
	ACT("/penalties/{id}/serve", serve_penalty, serve_fields, penalty_state_reply, "handle", "id", "当场交付"),
	ACT("/penalties/{id}/pay", pay_penalty, pay_fields, penalty_state_reply, "handle", "id", "登记缴纳"),
	ACT("/penalties/{id}/archive", archive_penalty, archive_fields, penalty_state_reply, "handle", "id", "归档"),
	ACT("/penalties/{id}/drop", drop_penalty, drop_fields, penalty_state_reply, "handle", "id", "不予处罚"),
	{ .method = ZHEN_GET, .path = "/documents/{number}", .handle = get_document, .fields = zhen_document_fields, .flags = ZHEN_PUBLIC,
	  .summary = "下载文书" },
	{ .method = ZHEN_GET, .path = "/verify", .handle = zhen_verify, .fields = zhen_verify_get_fields, .reply = zhen_verify_reply,
	  .flags = ZHEN_PUBLIC, .summary = "验证文书" },
	ACT("/penalties/{id}/proceeding", convert_penalty, open_proceeding_fields, NULL, "decide", "id", "转普通程序", ORDINARY),
	ACT("/findings/{id}/proceeding", open_proceeding, open_proceeding_fields, NULL, "decide", "id", "立案（普通程序）", ORDINARY),
	READ("/proceedings", list_proceedings, proceedings_fields, proceedings_reply, "普通程序案件", ORDINARY),
	READ("/proceedings/{id}", show_proceeding, id_fields, proceeding_reply, "普通程序案件详情", NAMES,
	     .subject = "id", ORDINARY),
	ACT("/proceedings/{id}/evidence", add_evidence, evidence_fields, NULL, "handle", "id", "收集证据", ORDINARY,
	    .flags = ZHEN_UPLOADS),
	ACT("/proceedings/{id}/records", add_record, record_fields, proceeding_state_reply, "handle", "id",
	    "现场笔录、询问笔录", ORDINARY),
	ACT("/evidence/{id}/custody", add_custody, custody_fields, NULL, "handle", "id", "证据交接", ORDINARY),
	ACT("/evidence/{id}/monitoring-review", review_monitoring, monitor_fields, oversee_reply, "review", "id", "审核监控记录", ORDINARY),
	{ .method = ZHEN_GET, .path = "/evidence/{id}/file", .handle = get_evidence, .fields = id_fields, .permission = "enforcement.personal",
	  .summary = "证据原件", .subject = "id", ORDINARY },
	ACT("/proceedings/{id}/recusals", recuse_proceeding, recuse_fields, proceeding_state_reply, "decide", "id", "决定回避", ORDINARY),
	ACT("/proceedings/{id}/joint", join_proceeding, joint_fields, proceeding_state_reply, "handle", "id", "联合办案记录", ORDINARY),
	ACT("/proceedings/{id}/inform", tell_proceeding, tell_fields, proceeding_state_reply, "handle", "id", "告知", ORDINARY),
	ACT("/proceedings/{id}/defend", plead_proceeding, plead_fields, proceeding_state_reply, "handle", "id", "记录陈述、申辩", ORDINARY),
	ACT("/proceedings/{id}/hearing-request", ask_hearing, ask_fields, proceeding_state_reply, "handle", "id", "登记听证要求", ORDINARY),
	ACT("/proceedings/{id}/hearing-notice", call_hearing, call_fields, proceeding_state_reply, "handle", "id", "通知听证", ORDINARY),
	ACT("/proceedings/{id}/hearing", hold_hearing, hold_fields, proceeding_state_reply, "handle", "id", "听证笔录", ORDINARY),
	ACT("/proceedings/{id}/legal-review", review_proceeding, review_fields, proceeding_state_reply, "review", "id", "法制审核", ORDINARY),
	ACT("/proceedings/{id}/discussion", discuss_proceeding, discuss_fields, proceeding_state_reply, "decide", "id", "集体讨论", ORDINARY),
	ACT("/proceedings/{id}/decide", decide_proceeding, rule_fields, proceeding_state_reply, "decide", "id", "决定", ORDINARY),
	ACT("/proceedings/{id}/serve", serve_proceeding, service_fields, proceeding_state_reply, "handle", "id", "送达", ORDINARY),
	ACT("/proceedings/{id}/instalments", defer_proceeding, defer_fields, proceeding_state_reply, "decide", "id", "暂缓、分期缴纳", ORDINARY),
	ACT("/proceedings/{id}/stay", stay_proceeding, stay_fields, proceeding_state_reply, "handle", "id", "登记复议、诉讼", ORDINARY),
	ACT("/proceedings/{id}/pay", pay_proceeding, payment_fields, proceeding_state_reply, "handle", "id", "登记缴纳", ORDINARY),
	ACT("/proceedings/{id}/urge", urge_proceeding, urge_fields, proceeding_state_reply, "handle", "id", "催告", ORDINARY),
	ACT("/proceedings/{id}/court", court_proceeding, court_fields, proceeding_state_reply, "decide", "id", "申请强制执行", ORDINARY),
	ACT("/proceedings/{id}/archive", archive_proceeding, archive_fields, proceeding_state_reply, "handle", "id", "归档", ORDINARY),
	ACT("/proceedings/{id}/drop", drop_proceeding, drop_fields, proceeding_state_reply, "decide", "id", "不予处罚", ORDINARY),
	ACT("/proceedings/{id}/transfer", transfer_proceeding, transfer_fields, proceeding_state_reply, "decide", "id", "移送", ORDINARY),
	READ("/oversights", list_oversights, no_fields, oversights_reply, "监督、许可分工", ORDINARY),
	ACT("/members/{id}/oversights", add_oversight, oversee_fields, NULL, "team", "id", "登记监督、许可分工",
	    ORDINARY),
	ACT("/oversights/{id}/end", end_oversight, id_fields, oversee_reply, "team", "id", "结束监督、许可分工",
	    ORDINARY),
	READ("/errands", list_errands, errands_fields, errands_reply, "协同任务", .feature = "errands"),
	READ("/errands/{id}", show_errand, id_fields, errand_reply, "一项协同任务", .feature = "errands"),
	ACT("/errands/{id}/done", finish_errand, errand_done_fields, errand_state_reply, "handle", "id", "完成协同任务",
	    .feature = "errands"),
	READ("/reports/inspections", report_inspections, no_fields, inspections_reply, "检查与处罚"),
	READ("/reports/teams", report_teams, no_fields, report_reply, "队伍统计"),
	READ("/tile", tile_teams, no_fields, tile_reply, "已建队伍"),
	READ("/processes", show_processes, no_fields, processes_reply, "办理规则"),
	{ 0 },
};

static const zhen_topic topics[] = {
	{ .name = "enforcement.team.established", .fields = team_event, .subject = "id", .scope = "township",
	  .permission = "enforcement.read", .summary = "队伍建立" },
	{ .name = "enforcement.penalty.moved", .fields = penalty_event, .subject = "id", .scope = "township",
	  .permission = "enforcement.read", .summary = "处罚案件进入下一状态（不含金额：行政处罚法第七十四条）" },
	{ .name = "enforcement.proceeding.moved", .fields = penalty_event, .subject = "id", .scope = "township",
	  .permission = "enforcement.read", .summary = "普通程序案件进入下一状态（不含金额：行政处罚法第七十四条）" },
	{ .name = "enforcement.errand.done", .fields = errand_done_event, .subject = "task", .scope = "township",
	  .permission = "enforcement.read", .summary = "协同任务完成" },
	{ .name = "enforcement.certificate.revoked", .fields = certificate_event, .subject = "id", .scope = "township",
	  .permission = "enforcement.read", .summary = "执法证件注销" },
	{ 0 },
};

static const zhen_subscription subscriptions[] = {
	{ .topic = "duties.item.assigned", .handle = item_listed, .fields = item_event_fields },
	{ .topic = "duties.item.changed", .handle = item_listed, .fields = item_event_fields },
	{ .topic = "duties.item.withdrawn", .handle = item_withdrawn, .fields = item_event_fields },
	{ .topic = "dispatch.task.moved", .handle = errand_moved, .fields = errand_moved_fields, .feature = "errands" },
	{ 0 },
};

static const zhen_job jobs[] = { ZHEN_DOCUMENT_JOB(render_document), { 0 } };

static const zhen_setting settings[] = {
	ZHEN_CSV_SETTING,
	ZHEN_CALENDAR_SETTING,
	ZHEN_SERIES_SETTINGS("data/enforcement/series.csv", "data/approvals/short_names.csv"),
	ZHEN_SIGNER_SETTING,
	{ .key = "simple_fine_person", .type = ZHEN_INT, .def = "200", .min = 0, .max = 100000, .unit = "元",
	  .help = "对公民当场处罚的罚款限额（行政处罚法第五十一条：二百元以下）" },
	{ .key = "simple_fine_organisation", .type = ZHEN_INT, .def = "3000", .min = 0, .max = 1000000, .unit = "元",
	  .help = "对法人或者其他组织当场处罚的罚款限额（行政处罚法第五十一条：三千元以下）" },
	{ .key = "spot_collection", .type = ZHEN_INT, .def = "100", .min = 0, .max = 100000, .unit = "元",
	  .help = "当场收缴的罚款限额（行政处罚法第六十八条：一百元以下）" },
	{ .key = "payment_days", .type = ZHEN_INT, .def = "15", .min = 1, .max = 365, .unit = "日",
	  .help = "缴纳期限，自收到决定书之日起，自然日（行政处罚法第六十七条、第八十五条）" },
	{ .key = "limitation_years", .type = ZHEN_INT, .def = "2", .min = 1, .max = 50, .unit = "年",
	  .help = "违法行为在多少年内未被发现不再处罚（行政处罚法第三十六条）" },
	{ .key = "limitation_years_harm", .type = ZHEN_INT, .def = "5", .min = 1, .max = 50, .unit = "年",
	  .help = "同上，涉及公民生命健康安全、金融安全且有危害后果的（行政处罚法第三十六条）" },
	{ .key = "case_days", .type = ZHEN_INT, .def = "90", .min = 1, .max = 3650, .flags = ZHEN_PER_DIVISION, .unit = "日",
	  .help = "普通程序自立案之日起作出决定的期限，自然日（行政处罚法第六十条；法律、法规、规章另有规定的从其规定）" },
	{ .key = "defence_days", .type = ZHEN_INT, .def = "3", .min = 0, .max = 60, .flags = ZHEN_PER_DIVISION, .unit = "工作日",
	  .help = "告知后当事人没有陈述、申辩的，至少多少个工作日后才作决定（行政处罚法未规定，按本地裁量规则填写）" },
	{ .key = "hearing_fine_person", .type = ZHEN_INT, .def = "5000", .min = 0, .max = 100000000, .flags = ZHEN_PER_DIVISION, .unit = "元",
	  .help = "对公民罚款、没收达到多少可以要求听证（行政处罚法第六十三条“较大数额”，以省级规定为准）" },
	{ .key = "hearing_fine_organisation", .type = ZHEN_INT, .def = "50000", .min = 0, .max = 100000000, .flags = ZHEN_PER_DIVISION,
	  .unit = "元", .help = "同上，对法人或者其他组织（以省级规定为准）" },
	{ .key = "hearing_measures", .type = ZHEN_TEXT, .def = "revoke;stop;close", .flags = ZHEN_PER_DIVISION,
	  .help = "可以要求听证的其他处罚（行政处罚法第六十三条），分号隔开：confiscate、suspend、revoke、restrict、stop、close" },
	{ .key = "hearing_ask_days", .type = ZHEN_INT, .def = "5", .min = 1, .max = 60, .flags = ZHEN_PER_DIVISION, .unit = "工作日",
	  .help = "告知后多少个工作日内可以要求听证（行政处罚法第六十四条）" },
	{ .key = "hearing_notice_days", .type = ZHEN_INT, .def = "7", .min = 1, .max = 60, .flags = ZHEN_PER_DIVISION, .unit = "工作日",
	  .help = "举行听证多少个工作日前通知（行政处罚法第六十四条）" },
	{ .key = "public_notice_days", .type = ZHEN_INT, .def = "30", .min = 1, .max = 365, .flags = ZHEN_PER_DIVISION, .unit = "日",
	  .help = "公告送达自公告之日起多少日视为送达（民事诉讼法第九十五条）" },
	{ .key = "lawsuit_months", .type = ZHEN_INT, .def = "6", .min = 1, .max = 60, .unit = "月", .help = "提起行政诉讼的期限（行政诉讼法第四十六条）" },
	{ .key = "court_months", .type = ZHEN_INT, .def = "3", .min = 1, .max = 60, .unit = "月",
	  .help = "复议、诉讼期限届满后申请法院强制执行的期限（行政强制法第五十三条）" },
	{ .key = "urge_days", .type = ZHEN_INT, .def = "10", .min = 1, .max = 365, .unit = "日",
	  .help = "催告后多少日仍未履行方可申请强制执行（行政强制法第五十四条）" },
	{ .key = "team_minimum", .type = ZHEN_INT, .def = "5", .min = 1, .max = 1000, .flags = ZHEN_PER_DIVISION, .unit = "人",
	  .help = "确认建队至少的在队人数（楚雄州：每个乡镇 5 人以上）" },
	{ 0 },
};

static const zhen_feature features[] = {
	{ .name = "areas", .title = "片区和网格", .help = "局管全面、队管片区、员管网格（白沙镇）" },
	{ .name = "proceedings", .title = "普通程序", .help = "立案、取证、告知、听证、法制审核、集体讨论、决定、送达、执行（行政处罚法第五十四条至第七十三条）" },
	{ .name = "errands", .title = "协同任务", .help = "一体协同：乡镇下达给执法队伍的任务（楚雄州）" },
	{ .name = "vehicles", .title = "执法车辆", .help = "执法车辆下沉：采购、划转、指定（楚雄州）" },
	{ 0 },
};

static const zhen_permission permissions[] = {
	{ .name = "enforcement.read", .title = "查看队伍、人员、执法事项" },
	{ .name = "enforcement.team", .title = "组建本乡镇队伍、登记人员和车辆" },
	{ .name = "enforcement.handle", .title = "巡查、检查、办理处罚案件" },
	{ .name = "enforcement.decide", .title = "审批立案、回避、决定、移送（行政机关负责人）" },
	{ .name = "enforcement.review", .title = "法制审核" },
	{ .name = "enforcement.certify", .title = "登记、注销执法证件" },
	{ .name = "enforcement.items", .title = "导入执法事项（没有权责清单的地方）" },
	{ .name = "enforcement.personal", .title = "查看人员姓名" },
	{ 0 },
};

static const zhen_menu menu[] = {
	{ .title = "执法队伍", .path = "/teams", .icon = "shield", .permission = "enforcement.read", .order = 50 },
	{ .title = "队伍人员", .path = "/members", .icon = "people", .permission = "enforcement.read", .order = 51 },
	{ .title = "可以执法的人员", .path = "/officers", .icon = "person-badge", .permission = "enforcement.read", .order = 52 },
	{ .title = "执法事项", .path = "/items", .icon = "list-check", .permission = "enforcement.read", .order = 53 },
	{ .title = "巡查、检查", .path = "/patrols", .icon = "binoculars", .permission = "enforcement.read", .order = 53 },
	{ .title = "发现的问题", .path = "/findings", .icon = "exclamation-triangle", .permission = "enforcement.read", .order = 53 },
	{ .title = "处罚案件", .path = "/penalties", .icon = "file-earmark-text", .permission = "enforcement.read", .order = 53 },
	{ .title = "普通程序案件", .path = "/proceedings", .icon = "briefcase", .permission = "enforcement.read", .order = 53,
	  .feature = "proceedings" },
	{ .title = "监督、许可分工", .path = "/oversights", .icon = "person-lock", .permission = "enforcement.read", .order = 54,
	  .feature = "proceedings" },
	{ .title = "协同任务", .path = "/errands", .icon = "check2-circle", .permission = "enforcement.read", .order = 53,
	  .feature = "errands" },
	{ .title = "检查与处罚", .path = "/reports/inspections", .icon = "bar-chart", .permission = "enforcement.read", .order = 56 },
	{ .title = "中队和片区", .path = "/squads", .icon = "map", .permission = "enforcement.read", .order = 54, .feature = "areas" },
	{ .title = "执法车辆", .path = "/vehicles", .icon = "truck", .permission = "enforcement.read", .order = 55,
	  .feature = "vehicles" },
	{ .title = "执法队伍统计", .path = "/reports/teams", .icon = "bar-chart", .permission = "enforcement.read", .order = 56 },
	{ .title = "队伍办理规则", .path = "/processes", .icon = "diagram-2", .permission = "enforcement.read", .order = 57 },
	{ 0 },
};

static const zhen_tile tiles[] = {
	{ .name = "teams", .title = "执法队伍", .path = "/tile", .permission = "enforcement.read", .pillar = "team" },
	{ 0 },
};

static const zhen_purge purges[] = {
	{ .subject = "member", .handle = purge_member, .summary = "删除已离队人员的姓名" },
	{ 0 },
};

ZHEN_PLUGIN(enforcement, "1.0.0", .title = "综合执法", .summary = "一支队伍：人员、证件、片区、车辆和执法事项",
            .migrations = migrations, .routes = routes, .topics = topics, .subscriptions = subscriptions, .jobs = jobs, .settings = settings,
            .features = features, .permissions = permissions, .menu = menu, .tiles = tiles, .purges = purges);
