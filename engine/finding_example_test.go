package engine_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/pinjian/pinjian/engine"
	"github.com/pinjian/pinjian/stdlib"
)

// The life of a major finding under the three-level standard: a host stores
// the events, rebuilds the finding from them, and asks what a command does.
func ExampleStandard_Step() {
	s, _, err := engine.Load(context.Background(), stdlib.FS(), "three-level", engine.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	at := time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
	// What judging a task gives; made by hand to keep the example short.
	result := &engine.Result{ID: "result-1", Standard: s.Ref(), Subject: "project-7", Verdicts: []engine.Verdict{{
		Level: "unit", Subject: "project-7", Period: "2026-10", Item: "gate", Part: "gate", Unit: "north gate",
		Answer:  engine.Answer{State: engine.Decided, Best: engine.Major, Worst: engine.Major},
		Reasons: []engine.Reason{{Key: "finding", Criterion: "unmanned", Outcome: engine.Major, Label: "无人值守"}},
	}}}
	table, err := s.OpenFindings(engine.FindingRequest{Scope: "tenant", Result: result, By: "organiser", At: at})
	if err != nil {
		fmt.Println(err)
		return
	}
	show := func() engine.Finding {
		f, err := engine.Fold(slices.Values(table))
		if err != nil {
			fmt.Println(err)
		}
		last := table[len(table)-1]
		fmt.Printf("%d %s by %s: %s, %s\n", f.Version, last.Kind, last.By, f.Grade, f.State)
		return f
	}
	f := show()
	command := func(kind, by string, fields map[string]string) {
		at = at.Add(24 * time.Hour)
		e, err := s.Step(f, engine.Command{ID: fmt.Sprint("command-", at.Day()), Kind: kind, By: by, At: at, Version: f.Version, Fields: fields})
		var no *engine.Refusal
		if errors.As(err, &no) {
			fmt.Printf("- %s by %s: %s\n", kind, by, no.Words.EN)
			return
		}
		table = append(table, e)
		f = show()
	}
	report := map[string]string{
		"finding": "nobody at the north gate", "cause": "no relief planned", "correction": "manned at once", "prevention": "a rota with reliefs",
		"owner": "li", "due": "2026-11-20", "evidence": "rota of November",
	}
	seen := map[string]string{"method": "by record", "result": "effective", "verification": "the rota was kept", "effectiveness": "no gap in two weeks"}
	command("answer", "wang", map[string]string{"correction": "manned at once"})
	command("answer", "wang", report)
	command("close", "organiser", nil)
	command("verify", "li", seen)
	command("verify", "zhao", seen)
	command("close", "organiser", nil)
	command("reopen", "organiser", map[string]string{"reason": "empty again"})
	command("answer", "wang", report)
	command("verify", "zhao", seen)
	command("close", "organiser", nil)
	command("appeal", "head", map[string]string{"reason": "the gate was closed for works"})
	command("rule", "head", map[string]string{"outcome": "withdrawn", "reason": "agreed"})
	command("rule", "zhou", map[string]string{"outcome": "withdrawn", "reason": "the permit shows it", "judgement": "result-2"})
	fmt.Println(f.Results)
	// Output:
	// 1 opened by organiser: major, open
	// - answer by wang: the answer meets none of the duties yet; they still need: fields.cause, fields.prevention, fields.finding, fields.owner, fields.due, fields.evidence
	// 2 answer by wang: major, answered
	// - close by organiser: the finding must be verified before it is closed
	// - verify by li: li corrected this finding and may not take the step verify; let somebody else do it
	// 3 verify by zhao: major, verified
	// 4 close by organiser: major, closed
	// 5 reopen by organiser: major, reopened
	// 6 answer by wang: major, answered
	// 7 verify by zhao: major, verified
	// 8 close by organiser: major, closed
	// 9 appeal by head: major, closed
	// - rule by head: head appealed and may not rule on it; let somebody else do it
	// 10 rule by zhou: major, withdrawn
	// [result-1 result-2]
}
