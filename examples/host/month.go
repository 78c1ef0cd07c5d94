package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/pinjian/pinjian/checklang"
	"github.com/pinjian/pinjian/engine"
)

// month is the story of the inspection for October 2026. Each step is a request
// that the host serves at its time of day. Between two steps nothing is kept but
// the tables, so the process may be restarted there, as it is once.
type month struct {
	database string
	tenant   string
	out      io.Writer
	restless bool   // restarts before every step, for the tests
	page     []byte // the report
}

// shown is how many failures of a night the screen lists.
const shown = 6

// run is the run that the month plans: a tier and a period.
const run = "region_tier/2026-10"

// steps are what happens, in order. At is the civil time in November 2026, rules
// the version that the process carries.
var steps = []struct {
	at, rules, title string
	do               func(*month, context.Context, *host) error
}{
	{"02 09:00", "2026", "排方案", (*month).plan},
	{"02 15:00", "2026", "批准，发检查表", (*month).approve},
	{"04 18:00", "2026", "现场交回", (*month).answered},
	{"05 09:00", "2026", "判定", (*month).judge},
	{"05 09:05", "2026", "再判一次", (*month).judge},
	{"05 10:00", "2026", "全部工单的指标", (*month).indicators},
	{"06 02:00", "2027", "夜间逐单判定", (*month).night},
	{"06 09:00", "2027", "迟到的与更正的", (*month).corrected},
	{"06 10:00", "2027", "按当时的标准重新判定", (*month).judge},
	{"06 10:10", "2027", "若按新版", (*month).newer},
	{"06 11:00", "2027", "整改，两人同时", (*month).race},
	{"12 09:00", "2027", "逾期", (*month).late},
	{"12 10:00", "2027", "月报", (*month).report},
}

func (m *month) say(format string, args ...any) {
	_, _ = fmt.Fprintf(m.out, format+"\n", args...)
}

// run takes the steps. A process starts before the first of them and with each
// new version of the rules; it carries nothing over but the database.
func (m *month) run(ctx context.Context) (err error) {
	var h *host
	stop := func() error {
		if h == nil {
			return nil
		}
		defer func() { h = nil }()
		return h.db.Close()
	}
	defer func() {
		if closing := stop(); err == nil {
			err = closing
		}
	}()
	version := ""
	for _, step := range steps {
		if m.restless || step.rules != version {
			if err := stop(); err != nil {
				return err
			}
		}
		if step.rules != version {
			m.say("== 进程启动，带着 %s 版标准", step.rules)
			version = step.rules
		}
		if h == nil {
			if h, err = m.start(ctx, version); err != nil {
				return err
			}
		}
		at, err := time.ParseInLocation("2006-01-02 15:04", "2026-11-"+step.at, h.rules.Zone())
		if err != nil {
			return err
		}
		h.now = func() time.Time { return at }
		m.say("\n-- %s %s", at.Format("1月2日 15:04"), step.title)
		if err := step.do(m, ctx, h); err != nil {
			return fmt.Errorf("%s: %w", step.title, err)
		}
	}
	return nil
}

// start is what a process does before it serves: it opens the database and
// compiles the rules it came with.
func (m *month) start(ctx context.Context, version string) (*host, error) {
	standard, err := loadRules(ctx, version)
	if err != nil {
		return nil, err
	}
	db, err := open(m.database)
	return &host{db: db, tenant: m.tenant, rules: standard, seed: []byte("摇号 2026-11-02 08:30")}, err
}

func (m *month) plan(ctx context.Context, h *host) error {
	p, err := h.draft(ctx, "2026-10")
	if err != nil {
		return err
	}
	m.say("草案 %s：%d 个任务；各次抽样的总体合计 %d 单", planKey(p), len(p.Tasks), p.Coverage.Units.Of)
	for _, t := range p.Tasks {
		var drawn []string
		for _, d := range t.Draws {
			if d.Kind == "drawn" {
				drawn = append(drawn, fmt.Sprintf("%s 抽 %d", strings.Join(d.Parts, "、"), len(d.Units)))
			}
		}
		m.say("  %s 由 %s 检查；%s", t.Subject.ID, t.Inspector, strings.Join(drawn, "；"))
	}
	for _, problem := range p.Problems {
		m.say("  排不下：%s", problem.Message.ZH)
	}
	v, err := h.replay(ctx, run)
	if err != nil {
		return err
	}
	m.say("逐行读出重抽：%d 次抽样，不同的 %d 处", v.Draws, len(v.Differences))
	return nil
}

func (m *month) approve(ctx context.Context, h *host) error {
	p, err := h.approve(ctx, run, "区域公司总经理")
	if err != nil {
		return err
	}
	m.say("方案冻结，批准人 %s", p.Approval.By)
	for _, t := range p.Tasks {
		s, err := h.sheet(ctx, run, t.ID)
		if err != nil {
			return err
		}
		units, questions := 0, 0
		for _, item := range s.Items {
			units += len(item.Units)
			questions += len(item.Ask) * max(len(item.Units), 1)
		}
		m.say("  %s 的检查表：%d 行，%d 个单位，%d 个要问的", t.Subject.ID, len(s.Items), units, questions)
	}
	return nil
}

func (m *month) judge(ctx context.Context, h *host) error {
	tasks, err := h.tasks(ctx, run)
	if err != nil {
		return err
	}
	for _, task := range tasks {
		j, err := h.judge(ctx, run, task, "品质管理部")
		if err != nil {
			return err
		}
		r := j.Result
		if !j.New {
			m.say("  %s 没有新证据，仍是原来的结果", r.Subject)
			continue
		}
		whole := r.Verdicts[len(r.Verdicts)-1]
		m.say("  %s %s，按 %s 版；相互矛盾 %d 处，拒绝 %d 处，缺 %d 项；问题事件 %d 件", r.Subject, answerWords(whole.Answer),
			r.Standard.Version, len(r.Conflicts), len(r.Refused), missing(r), len(j.Events))
		if j.Diff != nil {
			m.say("     代替前一份结果，变了 %d 处", len(j.Diff.Changes))
		}
	}
	return nil
}

// missing counts the answers that can still change the verdicts of units.
func missing(r *engine.Result) int {
	n := 0
	for _, v := range r.Verdicts {
		if v.Level == "unit" || v.Level == "part" && v.Sample == nil {
			n += len(v.Missing)
		}
	}
	return n
}

func (m *month) indicators(ctx context.Context, h *host) error {
	list, err := h.indicators(ctx, "2026-10")
	for _, i := range list {
		x := i.Verdict.Measure
		m.say("  %s 及时派单率 %s/%s = %s，%s", i.Project, x.Numerator, x.Denominator, x.Least.Rat().FloatString(4), answerWords(i.Verdict.Answer))
	}
	return err
}

func (m *month) night(ctx context.Context, h *host) error {
	day := h.now().AddDate(0, 0, -1)
	day = time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, h.rules.Zone())
	n, err := h.nightly(ctx, day)
	if err != nil {
		return err
	}
	m.say("%s 登记的 %d 单：", day.Format("1月2日"), n.Orders)
	for _, key := range slices.Sorted(maps.Keys(n.Counts)) {
		m.say("  %s %d", key, n.Counts[key])
	}
	for i, f := range n.Failures {
		if i == shown {
			m.say("  还有 %d 处", len(n.Failures)-i)
			break
		}
		m.say("  %s %s", f.Order, strings.Join(f.Reasons, "；"))
	}
	return nil
}

func (m *month) newer(ctx context.Context, h *host) error {
	tasks, err := h.tasks(ctx, run)
	if err != nil {
		return err
	}
	for _, task := range tasks {
		diff, err := h.wouldBe(ctx, run, task)
		if err != nil {
			return err
		}
		m.say("  %s：%s 版会改变 %d 处判定，没有存", diff.Subject, diff.NewStandard.Version, len(diff.Changes))
	}
	return nil
}

func (m *month) late(ctx context.Context, h *host) error {
	list, err := h.overdue(ctx)
	m.say("逾期 %d 件", len(list))
	for _, f := range list {
		m.say("  %s %s %s，%s，应于 %s", f.Subject, f.Unit, f.Label, f.State.Words().ZH, f.Due.In(h.rules.Zone()).Format(time.DateTime))
	}
	return err
}

func (m *month) report(ctx context.Context, h *host) error {
	page, total, err := h.monthly(ctx, run, "品质管理部")
	if err != nil {
		return err
	}
	m.page = page
	m.say("计划 %d 个任务，判定 %d 个；检查项合格 %d，观察项 %d，不合格 %d，严重不合格 %d", total.Count("task.planned"), total.Count("task.judged"),
		total.Count("item.pass"), total.Count("item.observation"), total.Count("item.fail"), total.Count("item.major"))
	m.say("问题 %d 件，逾期 %d 件", total.Count("finding.standing"), total.Count("finding.overdue"))
	return nil
}

// explained is a refusal in Chinese, as the host shows it to whoever asked.
func explained(err error) string {
	if no, ok := errors.AsType[*engine.Refusal](err); ok {
		return no.Words.In(checklang.Chinese)
	}
	return err.Error()
}
