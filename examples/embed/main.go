// Embed is the smallest host program: it carries its rules with it, judges
// three work orders, and says in both languages what it found and why.
//
//	go run ./examples/embed
package main

import (
	"context"
	"embed"
	"fmt"
	"io"
	"os"

	"github.com/pinjian/pinjian/checklang"
	"github.com/pinjian/pinjian/engine"
)

//go:embed rules
var rules embed.FS

func main() {
	if err := judge(context.Background(), os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// judge writes a verdict on each of three work orders. In their values a
// missing key is not yet known, and nil would be known to be absent.
func judge(ctx context.Context, w io.Writer) error {
	standard, _, err := engine.Load(ctx, rules, "rules", engine.Options{})
	if err != nil {
		return err
	}
	for i, order := range []map[string]any{
		{"registered_at": "2026-11-03 09:00", "dispatched_at": "2026-11-03 09:06"},
		{"registered_at": "2026-11-03 10:00", "dispatched_at": "2026-11-03 10:14"},
		{"registered_at": "2026-11-03 11:00"},
	} {
		v, refused, err := standard.JudgeUnit("4.1.3", order, engine.Setting{})
		if err != nil {
			return err
		}
		for _, bad := range refused {
			_, _ = fmt.Fprintln(w, i+1, bad)
		}
		best, worst := engine.OutcomeWords(v.Best), engine.OutcomeWords(v.Worst)
		_, _ = fmt.Fprintf(w, "%d %s: %s..%s, %s..%s\n", i+1, v.State, best.ZH, worst.ZH, best.EN, worst.EN)
		for _, reason := range v.Reasons {
			_, _ = fmt.Fprintf(w, "  %s\n  %s\n", engine.Text(checklang.Chinese, reason), engine.Text(checklang.English, reason))
		}
		for _, missing := range v.Missing {
			_, _ = fmt.Fprintf(w, "  还缺 / still missing: %s\n", missing.Name)
		}
	}
	return nil
}
