package main

import (
	"context"
	"fmt"
	"slices"

	"github.com/pinjian/pinjian/engine"
	"github.com/pinjian/pinjian/sampling"
)

// refusal is a draft that can't be approved: what was wrong with the request,
// and the problem that says where and what to do.
type refusal struct {
	what    engine.Words
	problem engine.Problem
	err     error // of Approve
}

// refusals plans October once more with one thing wrong at a time.
func (y *year) refusals(ctx context.Context) ([]refusal, error) {
	october, err := y.period("2025-10")
	if err != nil {
		return nil, err
	}
	far, err := y.period("2031-10")
	if err != nil {
		return nil, err
	}
	base := y.request(region, october)
	base.Frames = y.books
	east := base
	east.Organiser = "E"
	first, err := y.standard.MakePlan(ctx, east)
	if err != nil {
		return nil, err
	}
	var out []refusal
	for _, x := range []struct {
		what   engine.Words
		code   string
		change func(*engine.PlanRequest)
	}{
		{engine.Words{ZH: "没有装入月度样本量", EN: "no monthly sizes supplied"}, "table_not_supplied", func(r *engine.PlanRequest) { r.Tables = nil }},
		{engine.Words{ZH: "华南与华东同一轮，却用了另一张表", EN: "the south uses another table in the round of the east"}, "mixed_round", func(r *engine.PlanRequest) {
			r.Organiser, r.Round = "S", []*engine.Plan{first}
			r.Tables = map[string]sampling.Table{"月度样本量": {Name: "另一张表", Edition: "1", Rows: []sampling.TableRow{{From: 1, Size: 1}}}}
		}},
		{engine.Words{ZH: "总部挂到了自己的项目下面", EN: "headquarters hangs under one of its projects"}, "cyclic_organisation", func(r *engine.PlanRequest) {
			r.Organisation.Subjects = slices.Clone(r.Organisation.Subjects)
			r.Organisation.Subjects[0].Parent = "E1"
		}},
		{engine.Words{ZH: "日历里没有的年份", EN: "a year that the calendar lacks"}, "calendar_unknown", func(r *engine.PlanRequest) { r.Period = far }},
		{engine.Words{ZH: "西部只剩一个人，每人最多一个任务", EN: "the west has one person left, who takes one task at most"}, "too_few_inspectors", func(r *engine.PlanRequest) {
			r.Organiser, r.MostTasks = "W", 1
			r.Organisation.People = slices.DeleteFunc(slices.Clone(r.Organisation.People), func(p engine.Person) bool { return p.Subject == "W" && p.ID != "王经理" })
		}},
	} {
		r := base
		x.change(&r)
		draft, err := y.standard.MakePlan(ctx, r)
		if err != nil {
			return nil, err
		}
		at := slices.IndexFunc(draft.Problems, func(p engine.Problem) bool { return p.Code == x.code && p.Blocking })
		_, refused := draft.Approve(engine.Approval{By: "陈主任", At: october.End})
		if at < 0 || refused == nil {
			return nil, fmt.Errorf("%s: the draft was not refused with %s", x.what.EN, x.code)
		}
		out = append(out, refusal{x.what, draft.Problems[at], refused})
	}
	return out, nil
}
