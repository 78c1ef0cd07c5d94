// Package world makes the quarter of the example: what six projects have on file, and what was put wrong on purpose. It
// shares no code with what plans and judges.
package world

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"time"
)

// Seed is that of the committed files.
const Seed = 20251231

// Projects are the inspected projects.
var Projects = []string{"R1-P1", "R1-P2", "R1-P3", "R2-P1", "R2-P2", "R2-P3"}

// Months are the months of the quarter.
var Months = []string{"2025-10", "2025-11", "2025-12"}

// Hostile are texts that must stay texts wherever they are shown.
const (
	HostileMarkup  = `<script>alert("业主")</script>`
	HostileFormula = `=HYPERLINK("https://example.invalid","点这里")`
)

// File is one file to write.
type File struct {
	Name string
	Data []byte
}

// table is a CSV file that grows by rows; the first column is the id.
type table struct {
	name string
	head []string
	rows [][]string
}

func (t *table) add(cells ...string) []string {
	if len(cells) != len(t.head) {
		panic(fmt.Sprintf("%s: %d cells, %d columns", t.name, len(cells), len(t.head)))
	}
	t.rows = append(t.rows, cells)
	return cells
}

// at finds the column of a head.
func (t *table) at(head string) int {
	for i, h := range t.head {
		if h == head {
			return i
		}
	}
	panic(t.name + " has no column " + head)
}

func (t *table) file() (File, error) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	if err := w.Write(t.head); err != nil {
		return File{}, err
	}
	if err := w.WriteAll(t.rows); err != nil {
		return File{}, err
	}
	return File{t.name + ".csv", b.Bytes()}, nil
}

// world holds all tables while they are filled.
type world struct {
	random                                                 *rand.Rand
	orders, system, register                               *table
	complaints, complaintSheets, complaintNotes, ledger    *table
	online, handovers, acceptances, moves                  *table
	households, keyCustomers, ordinary, employees, service *table
	assistants, gates, boards, manholes, sheets            *table
}

// Files are all files of the example that are no submissions: the frames and planted.json.
func Files(seed uint64) ([]File, error) {
	w := newWorld(seed)
	for _, p := range Projects {
		w.standing(p)
		for _, m := range Months {
			w.month(p, m)
		}
	}
	w.plant()
	var out []File
	for _, t := range w.tables() {
		f, err := t.file()
		if err != nil {
			return nil, err
		}
		out = append(out, f)
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	if err := e.Encode(Document{"pinjian-example/planted/1", Planted()}); err != nil {
		return nil, err
	}
	return append(out, File{"planted.json", b.Bytes()}), nil
}

// stamp writes an instant as the systems export it.
func stamp(t time.Time) string { return t.Format(time.DateTime) }

func date(t time.Time) string { return t.Format(time.DateOnly) }

var surnames = []string{"林", "周", "沈", "陆", "顾", "何", "梁", "邓", "方", "吴"}

var given = []string{"建国", "素琴", "晓岚", "志远", "雨薇", "德明", "佩兰", "文斌", "思齐", "秀英"}

// somebody is an invented name.
func (w *world) somebody() string {
	return surnames[w.random.IntN(len(surnames))] + given[w.random.IntN(len(given))]
}

// telephone is a number that nobody has: none begins with 129.
func (w *world) telephone() string { return fmt.Sprintf("129%08d", w.random.IntN(100_000_000)) }

func house(n int) string { return fmt.Sprintf("%d幢%d%02d室", n/20+1, n%20/4+1, n%4+1) }
