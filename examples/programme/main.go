// Programme plans and holds a whole year of the three-level inspection for an
// example company: headquarters inspects regions twice, the regions their
// projects each month, and every project itself each week. It says what was
// planned, held and missed, and what was refused, and writes the plans, their
// calendar and their workbook.
//
//	go run ./examples/programme [-lang en] [-out DIRECTORY]
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/pinjian/pinjian/checklang"
	"github.com/pinjian/pinjian/checklang/token"
	"github.com/pinjian/pinjian/engine"
	"github.com/pinjian/pinjian/engine/report"
	"github.com/pinjian/pinjian/engine/xlsx"
)

func main() {
	lang := flag.String("lang", "zh", "the language: zh or en")
	out := flag.String("out", filepath.Join("examples", "programme", "out"), "where the files are written")
	flag.Parse()
	l := token.Chinese
	if *lang == "en" {
		l = token.English
	}
	if err := programme(context.Background(), os.Stdout, l, *out); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// programme holds the year, writes what came of it to w, and the files to a
// directory.
func programme(ctx context.Context, w io.Writer, lang checklang.Lang, out string) error {
	c, err := openCompany(ctx)
	if err != nil {
		return err
	}
	y, err := c.inspect(ctx)
	if err != nil {
		return err
	}
	var text bytes.Buffer
	if err := y.tell(ctx, &text, lang); err != nil {
		return err
	}
	if err := y.write(lang, out); err != nil {
		return err
	}
	_, err = w.Write(text.Bytes())
	return err
}

// write leaves the year's plans in a directory, with their calendar and workbook.
func (y *year) write(lang checklang.Lang, out string) error {
	if err := os.MkdirAll(filepath.Join(out, "plans"), 0o755); err != nil {
		return err
	}
	var plans []*engine.Plan
	for _, h := range y.runs {
		plans = append(plans, h.plan)
		data, err := json.MarshalIndent(h.plan, "", " ")
		if err != nil {
			return err
		}
		name := strings.ReplaceAll(h.plan.ID, "/", "-") + ".json"
		if err := os.WriteFile(filepath.Join(out, "plans", name), append(data, '\n'), 0o600); err != nil {
			return err
		}
	}
	end, err := y.period("2025")
	if err != nil {
		return err
	}
	var page, book bytes.Buffer
	request := report.CalendarRequest{Plans: plans, States: y.states, AsOf: end.End}
	if err := report.WriteCalendar(&page, y.standard, request, report.Options{Lang: lang, Organisation: y.folder.Scope, Subjects: y.folder.Subjects}); err != nil {
		return err
	}
	if err := xlsx.WritePlan(&book, y.standard, plans, xlsx.Options{Lang: lang}); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(out, "calendar.html"), page.Bytes(), 0o600); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(out, "year.xlsx"), book.Bytes(), 0o600)
}
