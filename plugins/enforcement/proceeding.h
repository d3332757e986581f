/* SPDX-License-Identifier: Apache-2.0
 * 普通程序 (行政处罚法 54–64): a case from its opening to its file. Money is in fen and stays in this plugin (74). */
#ifndef ENFORCEMENT_PROCEEDING_H
#define ENFORCEMENT_PROCEEDING_H

#include "penalty.h"

#define PROCEEDING_STATES(X)                                          \
	X(OPENED, "opened", "调查中", "proceeding-opened")         \
	X(INFORMED, "informed", "已告知", "proceeding-informed")   \
	X(DECIDED, "decided", "已决定", "proceeding-decided")      \
	X(SERVED, "served", "已送达", "proceeding-served")         \
	X(SETTLED, "settled", "已履行", "proceeding-settled")      \
	X(ENFORCING, "enforcing", "已申请强制执行", "proceeding-enforcing") \
	X(ARCHIVED, "archived", "已归档", "proceeding-archived")   \
	X(DROPPED, "dropped", "不予处罚", "proceeding-dropped")    \
	X(TRANSFERRED, "transferred", "已移送", "proceeding-transferred")
#define PROCEEDING_STATE_CHOICES                                                                                   \
	"opened=调查中|informed=已告知|decided=已决定|served=已送达|settled=已履行|enforcing=已申请强制执行|archived=已归档|" \
	"dropped=不予处罚|transferred=已移送"
/* 46. */
#define EVIDENCE_CHOICES \
	"document=书证|object=物证|audiovisual=视听资料|electronic=电子数据|witness=证人证言|party=当事人的陈述|expert=鉴定意见|record=勘验笔录、现场笔录"
/* 9, what a township may be given. */
#define MEASURE_CHOICES                                                                                  \
	"none=无|confiscate=没收违法所得、没收非法财物|suspend=暂扣许可证件|revoke=降低资质等级、吊销许可证件|" \
	"restrict=限制开展生产经营活动|stop=责令停产停业|close=责令关闭、限制从业"
#define AGE_CHOICES "adult=已满十八周岁或者单位|minor=已满十四周岁不满十八周岁|child=不满十四周岁"
#define OVERSIGHT_CHOICES "supervise=监督管理|license=行政许可"
#define HEARING_CHOICES "none=未要求|asked=已要求|called=已通知|held=已举行|waived=已放弃"
#define SERVICE_CHOICES                                                                                     \
	"direct=直接送达|left=留置送达|electronic=电子送达|post=邮寄送达|entrusted=委托送达|forwarded=转交送达|public=公告送达"

#define X(id, ...) PROCEEDING_##id,
enum proceeding_state { PROCEEDING_STATES(X) };
#undef X
enum proceeding_act {
	PROCEEDING_EVIDENCE,
	PROCEEDING_RECUSE,
	PROCEEDING_JOINT,
	PROCEEDING_INFORM,
	PROCEEDING_DEFEND,
	PROCEEDING_ASK,
	PROCEEDING_CALL,
	PROCEEDING_HOLD,
	PROCEEDING_REVIEW,
	PROCEEDING_DISCUSS,
	PROCEEDING_DECIDE,
	PROCEEDING_SERVE,
	PROCEEDING_DEFER,
	PROCEEDING_STAY,
	PROCEEDING_PAY,
	PROCEEDING_URGE,
	PROCEEDING_COURT,
	PROCEEDING_ARCHIVE,
	PROCEEDING_DROP,
	PROCEEDING_TRANSFER
};

/* Days are ISO texts, "" = not yet. review: 1 passed, -1 not, 0 none. */
struct proceeding {
	int64_t id, finding, told_fine, told_confiscated, fine, confiscated, review;
	uint32_t state;
	bool grave, hearing_right, told_warning, warning;
	const char *township, *item_code, *item_name, *basis, *party_kind, *party, *credit_code, *place, *fact,
		*opened_on, *due_on, *told_on, *told_measure, *reason, *defence, *defence_answer, *hearing, *hearing_on,
		*joint_on, *discussed_on, *measure, *decided_on, *number, *served_on, *effective_on, *pay_by, *urged_on;
};

extern const zhen_process proceeding_process;
extern const char proceedings_sql[];

/* proceeding.c: within the caller's scope, the act possible in its state: 0, or the refusal. */
zhen_result proceeding_load(zhen_call *call, uint32_t act, struct proceeding *out);
/* Journal, event and answer; @to: the state that it has then. */
zhen_result proceeding_moved(zhen_call *call, struct proceeding *proceeding, uint32_t act, uint32_t to,
                             const char *text);
/* "张三（云执001）、…" of those who handle it now. */
const char *handlers_of(zhen_call *call, int64_t proceeding);
bool is_handler(zhen_call *call, int64_t proceeding, int64_t member);
/* "警告；罚款200元；没收…" */
const char *penalty_words(zhen_call *call, bool warning, int64_t fine, const char *measure, int64_t confiscated);
/* A document of the case in the township's name; its number. */
const char *proceeding_document(zhen_call *call, const struct proceeding *proceeding, const char *kind,
                                const char *title, const char *series, zhen_sheet *sheet);
/* payment.c: its fine's +3 % a day (72) to @on, in fen. */
int64_t surcharge_on(zhen_call *call, const struct proceeding *proceeding, const char *on);
void put_payments(zhen_call *call, const struct proceeding *proceeding);
/* evidence.c */
void put_evidence(zhen_call *call, int64_t proceeding);

extern const zhen_field proceedings_fields[], proceedings_reply[], proceeding_reply[], open_proceeding_fields[],
	proceeding_state_reply[], evidence_fields[], record_fields[], custody_fields[], monitor_fields[],
	recuse_fields[], joint_fields[], tell_fields[], plead_fields[], ask_fields[], call_fields[], hold_fields[],
	review_fields[], discuss_fields[], rule_fields[], service_fields[], defer_fields[], stay_fields[],
	payment_fields[], urge_fields[], court_fields[], transfer_fields[], oversee_fields[], oversights_reply[],
	oversee_reply[];

zhen_handle open_proceeding, convert_penalty, list_proceedings, show_proceeding, recuse_proceeding, join_proceeding,
	drop_proceeding, transfer_proceeding, archive_proceeding, add_evidence, add_record, add_custody,
	review_monitoring, get_evidence, tell_proceeding, plead_proceeding, ask_hearing, call_hearing, hold_hearing,
	review_proceeding, discuss_proceeding, decide_proceeding, serve_proceeding, defer_proceeding, stay_proceeding,
	pay_proceeding, urge_proceeding, court_proceeding, add_oversight, end_oversight, list_oversights;

#endif
