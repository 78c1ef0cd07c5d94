package main

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/pinjian/pinjian/checklang"
	"github.com/pinjian/pinjian/engine"
)

// What people in the field and in the projects do in the course of the month:
// they send twice, contradict each other, come late, and act at the same time.

// sent reads what the app of every inspector has, and what it would send.
func (m *month) sent(ctx context.Context, h *host) ([][]engine.Submission, error) {
	tasks, err := h.tasks(ctx, run)
	if err != nil {
		return nil, err
	}
	var out [][]engine.Submission
	for _, task := range tasks {
		s, err := h.sheet(ctx, run, task)
		if err != nil {
			return nil, err
		}
		list, err := answers(s, time.Date(2026, 11, 4, 9, 0, 0, 0, h.rules.Zone()))
		if err != nil {
			return nil, err
		}
		out = append(out, list)
	}
	return out, nil
}

// answered is the evening of the inspections.
func (m *month) answered(ctx context.Context, h *host) error {
	all, err := m.sent(ctx, h)
	if err != nil {
		return err
	}
	// The inspector of the third project has no signal for the last answer, which comes two days later.
	all[2] = all[2][:len(all[2])-1]
	text, err := lines(slices.Concat(all...)...)
	if err != nil {
		return err
	}
	if err := m.deliver(ctx, h, "第一次", text+`{"id": "断了`); err != nil {
		return err
	}
	if err := m.deliver(ctx, h, "没有收到回执，重发", text); err != nil {
		return err
	}
	// A device with a wrong clock sends one id with another body, and a second inspector heard something else.
	edited := all[0][0]
	edited.Answers = map[string]any{"满意分": 1, "场地已清理": false}
	other := all[1][0]
	other.ID, other.By, other.Closes = other.ID+"-复核", "R1-02", false
	other.Answers = map[string]any{"场地已清理": other.Answers["场地已清理"] != true}
	if text, err = lines(edited, other); err != nil {
		return err
	}
	return m.deliver(ctx, h, "矛盾的两条", text)
}

// corrected is what comes after the judgement: the late answer, and two people
// who say which of their answers holds, and why.
func (m *month) corrected(ctx context.Context, h *host) error {
	all, err := m.sent(ctx, h)
	if err != nil {
		return err
	}
	first, second := all[0][0], all[1][0]
	first.Replaces, first.Reason, first.ID = first.ID, "设备重复上传，以电话录音为准", first.ID+"-更正"
	second.Replaces, second.Reason, second.ID = second.ID+"-复核", "重听录音，原记录属实", second.ID+"-更正"
	text, err := lines(all[2][len(all[2])-1], first, second)
	if err != nil {
		return err
	}
	return m.deliver(ctx, h, "三条", text)
}

func (m *month) deliver(ctx context.Context, h *host, name, text string) error {
	got, err := h.receive(ctx, name, strings.NewReader(text))
	if err != nil {
		return err
	}
	m.say("  %s：新收 %d 条，重复 %d 条，读不出 %d 条", name, got.added, got.repeated, len(got.refused))
	for _, bad := range got.refused {
		m.say("    第 %d 行：%s", bad.Line, bad.Message(checklang.Chinese))
	}
	return nil
}

// race is two people who have the same finding open. The second to press the
// button finds his place taken; his command is decided again about what the
// finding has become.
func (m *month) race(ctx context.Context, h *host) error {
	all, err := h.findings(ctx, h.db, "")
	if err != nil {
		return err
	}
	list := inOrder(all)
	f := list[slices.IndexFunc(list, func(f engine.Finding) bool { return f.Grade == engine.Fail })]
	id := f.ID
	supervisor := f.Subject + "-01"
	m.say("  %s %s %s：%s", f.Subject, f.Unit, f.Label, f.State.Words().ZH)
	answer := func(id string) func(engine.Finding) engine.Command {
		return func(f engine.Finding) engine.Command {
			return engine.Command{ID: id, Kind: "answer", By: supervisor, At: h.now(), Version: f.Version, Fields: map[string]string{
				"correction": "当日补派并向客户说明", "record": "派单记录已补登",
			}}
		}
	}
	inner := error(nil)
	f, tries, err := h.step(ctx, id, func(f engine.Finding) engine.Command {
		if f.State == "open" {
			_, _, inner = h.step(ctx, id, answer("答复-1")) // somebody is faster
		}
		return engine.Command{ID: "建议-1", Kind: "propose", By: "R1-02", At: h.now(), Version: f.Version, Fields: map[string]string{
			"improvement": "高峰时段加一名调度", "owner": supervisor,
		}}
	})
	if err := errors.Join(err, inner); err != nil {
		return err
	}
	m.say("  建议写了 %d 次才写进去；现在第 %d 版，%s", tries, f.Version, f.State.Words().ZH)
	if f, _, err = h.step(ctx, id, answer("答复-1")); err != nil {
		return err
	}
	m.say("  答复的回执丢了，同一指令再来：仍是第 %d 版", f.Version)
	if _, _, err = h.step(ctx, id, answer("答复-2")); err == nil {
		return errors.New("the finding was answered twice")
	}
	m.say("  再答复一次：%s", explained(err))
	for _, c := range []engine.Command{
		{ID: "验证-1", Kind: "verify", By: supervisor, Fields: map[string]string{"method": "by record", "result": "effective"}},
		{ID: "验证-2", Kind: "verify", By: "R1-02", Fields: map[string]string{"method": "by record", "result": "effective"}},
		{ID: "关闭-1", Kind: "close", By: "R1-02"},
	} {
		f, _, err := h.step(ctx, id, func(f engine.Finding) engine.Command {
			c.At, c.Version = h.now(), f.Version
			return c
		})
		if err != nil {
			m.say("  %s 由 %s：%s", c.ID, c.By, explained(err))
			continue
		}
		m.say("  %s 由 %s：第 %d 版，%s", c.ID, c.By, f.Version, f.State.Words().ZH)
	}
	return nil
}
