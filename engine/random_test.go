package engine_test

import (
	"context"
	"fmt"
	"math"
	"strings"
	"testing/fstest"
	"time"

	"pgregory.net/rapid"

	"github.com/pinjian/pinjian/engine"
)

// randomDeclarations declares a record with every kind of field, whose answers
// and rules the generators below make up.
const randomDeclarations = `lang 1
standard random "Random" { version "1"; zone "Asia/Shanghai"; calendar "cn"; subject Site }
record Site { towers : int 0.., opened : date optional }
choice Kind 种类 { small 小, medium 中, large 大 }
choice Element { name, address, phone }
define limit : int 0..
record Unit 单元 {
  flag 标志 : bool
  checked : bool optional
  places 处数 : int 0..100
  ratio : number -5..5 optional
  amount : number
  started 开始 : time
  ended 结束 : time optional
  day : date optional
  hour : clock
  length : duration
  kind : Kind
  other : Kind optional
  set : set of Element
  words : text optional
  label : text
  signed : signature optional
  define late 超时 = started > 2026-11-10 09:00
  define half = amount / 2
}
`

// randomUnit is a host's struct for that record and the answers of a part.
type randomUnit struct {
	Flag    engine.Field[bool]              `chk:"flag"`
	Checked engine.Field[bool]              `chk:"checked"`
	Places  engine.Field[int]               `chk:"处数"`
	Ratio   engine.Field[float64]           `chk:"ratio"`
	Amount  engine.Field[engine.Number]     `chk:"amount"`
	Started engine.Field[time.Time]         `chk:"开始"`
	Ended   engine.Field[time.Time]         `chk:"ended"`
	Day     engine.Field[engine.Date]       `chk:"day"`
	Hour    engine.Field[string]            `chk:"hour"`
	Length  engine.Field[time.Duration]     `chk:"length"`
	Kind    engine.Field[randomKind]        `chk:"kind"`
	Other   engine.Field[randomKind]        `chk:"other"`
	Set     engine.Field[[]string]          `chk:"set"`
	Words   engine.Field[string]            `chk:"words"`
	Label   engine.Field[string]            `chk:"label"`
	Signed  engine.Field[engine.Attachment] `chk:"signed"`
	Seen    engine.Field[bool]              `chk:"seen"`
	Count   engine.Field[int64]             `chk:"stated"`
	Grade   engine.Field[randomKind]        `chk:"graded"`
	Asked   engine.Field[bool]              `chk:"torn"`
	Damages engine.Field[uint8]             `chk:"damages"`
}

type randomKind string

// put stores one value in the struct and in the map of the dynamic path:
// unknown (left out), absent, known or one that is refused.
func put[T any](t *rapid.T, values map[string]any, name string, into *engine.Field[T], good *rapid.Generator[T], bad ...T) {
	choice := rapid.IntRange(0, 11).Draw(t, name)
	switch {
	case choice == 0:
		return
	case choice == 1:
		*into = engine.Absent[T]()
		values[name] = nil
		return
	case choice == 2 && len(bad) > 0:
		v := rapid.SampledFrom(bad).Draw(t, "bad "+name)
		*into = engine.Known(v)
	default:
		*into = engine.Known(good.Draw(t, "good "+name))
	}
	v, _ := into.Get()
	switch v := any(v).(type) {
	case randomKind:
		values[name] = string(v)
	case uint8:
		values[name] = int(v)
	default:
		values[name] = v
	}
}

var (
	randomTimes  = rapid.Custom(func(t *rapid.T) time.Time { return randomInstant(t, "instant") })
	randomKinds  = rapid.SampledFrom([]randomKind{"small", "medium", "large", "小", " large "})
	randomSets   = rapid.SliceOfN(rapid.SampledFrom([]string{"name", "address", "phone"}), 0, 4)
	randomTexts  = rapid.SampledFrom([]string{"", "a", "ab", "漏水", "楼顶漏水"})
	randomDays   = rapid.Custom(func(t *rapid.T) engine.Date { return engine.DateOf(randomInstant(t, "day")) })
	randomFloats = rapid.SampledFrom([]float64{-5, -0.5, 0, 0.1, 0.3, 1, 2.5, 4.999999, 5})
)

func randomInstant(t *rapid.T, label string) time.Time {
	start := time.Date(2026, 11, 9, 16, 0, 0, 0, time.UTC)
	steps := []time.Duration{0, time.Second, 10 * time.Minute, 10*time.Minute + 1, time.Hour, 9 * time.Hour, 24 * time.Hour, 70 * 24 * time.Hour}
	return start.Add(rapid.SampledFrom(steps).Draw(t, label)).Add(-rapid.SampledFrom(steps).Draw(t, label))
}

// draw makes the evidence of one unit, the same for both paths.
func drawUnit(t *rapid.T) (*randomUnit, map[string]any) {
	u, values := &randomUnit{}, map[string]any{}
	number := func(s string) engine.Number {
		n, err := engine.ParseNumber(s)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	put(t, values, "flag", &u.Flag, rapid.Bool())
	put(t, values, "checked", &u.Checked, rapid.Bool())
	put(t, values, "处数", &u.Places, rapid.IntRange(0, 12), 101, -1)
	put(t, values, "ratio", &u.Ratio, randomFloats, 5.1, math.NaN(), math.Inf(1), 0.1234567)
	numbers := rapid.SampledFrom([]string{"0", "1.5", "-2", "3/8", "8999999999999", "-8999999999999.5"})
	put(t, values, "amount", &u.Amount, rapid.Custom(func(t *rapid.T) engine.Number { return number(numbers.Draw(t, "number")) }), number("1/3"), number("9000000000000"))
	put(t, values, "开始", &u.Started, randomTimes, time.Time{}, time.Date(2251, 1, 1, 0, 0, 0, 0, time.UTC))
	put(t, values, "ended", &u.Ended, randomTimes, time.Date(1699, 12, 31, 23, 59, 59, 0, time.UTC))
	put(t, values, "day", &u.Day, randomDays, engine.Date{})
	put(t, values, "hour", &u.Hour, rapid.SampledFrom([]string{"09:00", "12:30", "23:59:59"}), "25:00", "")
	put(t, values, "length", &u.Length, rapid.SampledFrom([]time.Duration{0, time.Minute, 10 * time.Minute, math.MaxInt64}))
	put(t, values, "kind", &u.Kind, randomKinds, "huge", "")
	put(t, values, "other", &u.Other, randomKinds, "\xff")
	put(t, values, "set", &u.Set, randomSets, []string{"name", "age"})
	put(t, values, "words", &u.Words, randomTexts, "a\xff")
	put(t, values, "label", &u.Label, randomTexts)
	put(t, values, "signed", &u.Signed, rapid.Just(engine.Attachment{SHA256: "00"}))
	put(t, values, "seen", &u.Seen, rapid.Bool())
	put(t, values, "stated", &u.Count, rapid.Int64Range(0, 12), -1)
	put(t, values, "graded", &u.Grade, randomKinds, "none")
	put(t, values, "torn", &u.Asked, rapid.Bool())
	put(t, values, "damages", &u.Damages, rapid.Uint8Range(0, 3))
	return u, values
}

// drawCondition writes a condition over a unit.
func drawCondition(t *rapid.T, depth int) string {
	if depth > 0 {
		inner := func() string { return "(" + drawCondition(t, depth-1) + ")" }
		switch rapid.IntRange(0, 5).Draw(t, "shape") {
		case 0, 1:
			return inner() + " and " + inner()
		case 2, 3:
			return inner() + " or " + inner()
		case 4:
			return "not " + inner()
		}
	}
	compare := func() string {
		return rapid.SampledFrom([]string{"==", "!=", "<", "<=", ">", ">="}).Draw(t, "operator")
	}
	equal := func() string { return rapid.SampledFrom([]string{"==", "!="}).Draw(t, "equality") }
	small := func() int { return rapid.IntRange(0, 12).Draw(t, "constant") }
	guarded := func(name, body string) string {
		if rapid.Bool().Draw(t, "guard") {
			return name + " is present and " + body
		}
		return "(" + name + " is absent or " + body + ")"
	}
	switch rapid.IntRange(0, 23).Draw(t, "leaf") {
	case 0:
		return "flag"
	case 1:
		return guarded("checked", "checked")
	case 2:
		return fmt.Sprintf("places %s %d", compare(), small())
	case 3:
		return guarded("ratio", fmt.Sprintf("ratio %s 0.%d", compare(), small()))
	case 4:
		return guarded("ratio", fmt.Sprintf("ratio * 3 - amount / 4 %s places", compare()))
	case 5:
		return fmt.Sprintf("amount * %d000000 %s half", small(), compare())
	case 6:
		return guarded("ended", fmt.Sprintf("ended - started %s %dm", compare(), small()))
	case 7:
		return "ended is absent or ended - started > 10m"
	case 8:
		return guarded("day", fmt.Sprintf("day(day) %s %d", compare(), small()))
	case 9:
		return guarded("day", fmt.Sprintf("workdays(date(started), day) %s %d", compare(), small()))
	case 10:
		return fmt.Sprintf("hour %s 12:30", compare())
	case 11:
		return fmt.Sprintf("clock(started) %s hour", compare())
	case 12:
		return fmt.Sprintf("length + %dm %s 10m", small(), compare())
	case 13:
		return fmt.Sprintf("kind %s large", equal())
	case 14:
		return guarded("other", "other in [small, medium]")
	case 15:
		return fmt.Sprintf("size(lacking(set)) %s %d", compare(), small()%4)
	case 16:
		return "set contains phone"
	case 17:
		return guarded("words", "words contains \"漏\"")
	case 18:
		return fmt.Sprintf("label %s \"ab\"", equal())
	case 19:
		return "signed is absent"
	case 20:
		return guarded("ended", "same_day(started, ended)")
	case 21:
		return fmt.Sprintf("as_of - started %s %dm", compare(), small())
	case 22:
		return fmt.Sprintf("places %s limit or late", compare())
	}
	return fmt.Sprintf("if(flag, places, stated) %s subject.towers", compare())
}

// drawStandard writes a standard of one item with a random part over the
// record; aggregates says whether its sample may have criteria of its own.
func drawStandard(t *rapid.T, aggregates bool) string {
	var b strings.Builder
	b.WriteString(randomDeclarations)
	drawItem(t, &b, 1, aggregates)
	return b.String()
}

// drawItem writes one item with a random part over the record.
func drawItem(t *rapid.T, b *strings.Builder, code int, aggregates bool) {
	fmt.Fprintf(b, "item %d \"Random\" {\n  every month\n", code)
	if rapid.IntRange(0, 3).Draw(t, "applies") == 0 {
		b.WriteString("  applies when subject.towers > 1\n")
	}
	b.WriteString("  sample 100% Unit")
	if aggregates && rapid.Bool().Draw(t, "where") {
		b.WriteString(" where flag or places > 3")
	}
	deducts := rapid.Bool().Draw(t, "deducts")
	b.WriteString("\n  ask \"it\" -> seen : bool, stated : int 0.., graded : Kind")
	if !deducts { // the same name, as an answer
		b.WriteString(", damages : int 0..")
	}
	b.WriteString("\n")
	grades := []string{"observation", "fail", "major", "pass", "refer"}
	n := rapid.IntRange(1, 5).Draw(t, "clauses")
	passes := false
	for i := range n {
		grade := rapid.SampledFrom(grades).Draw(t, "grade")
		passes = passes || grade == "pass"
		fmt.Fprintf(b, "  %s when %s : \"clause %d\"\n", grade, drawCondition(t, 2), i)
	}
	if rapid.IntRange(0, 3).Draw(t, "otherwise") == 0 {
		aggregates = false // otherwise can't cover both
		fmt.Fprintf(b, "  %s otherwise : \"else\"\n", rapid.SampledFrom([]string{"pass", "fail", "refer"}).Draw(t, "otherwise grade"))
	}
	if rapid.IntRange(0, 3).Draw(t, "answers") == 0 {
		b.WriteString("  fail when not seen or graded == small : \"not seen\"\n")
	}
	if deducts && rapid.IntRange(0, 2).Draw(t, "points") == 0 {
		fmt.Fprintf(b, "  deduct 0.5 when %s : \"lost\"\n", drawCondition(t, 1))
	}
	b.WriteString("  observation torn : \"torn\"\n")
	if deducts {
		b.WriteString("  deduct 0.5 per place at most 2 : \"damages\"\n")
	}
	if aggregates {
		for i := range rapid.IntRange(0, 3).Draw(t, "aggregates") {
			body := "(" + drawCondition(t, 1) + ")"
			condition := fmt.Sprintf("count(%s) > %d", body, rapid.IntRange(0, 4).Draw(t, "limit"))
			switch rapid.IntRange(0, 7).Draw(t, "aggregate") {
			case 0:
				condition = fmt.Sprintf("share(%s) >= 0.5", body)
			case 1:
				condition = "sum(amount) > 1000"
			case 2:
				condition = "mean(places) < 5.5"
			case 3:
				condition = "max(started) - min(started) > 1h"
			case 4:
				condition = fmt.Sprintf("count(%s) * 2 > count(flag) + population(Unit)", body)
			}
			fmt.Fprintf(b, "  %s when %s : \"over %d\"\n", rapid.SampledFrom(grades).Draw(t, "sample grade"), condition, i)
		}
		if rapid.IntRange(0, 2).Draw(t, "measure") == 0 {
			measure := rapid.SampledFrom([]string{"share(" + drawCondition(t, 1) + ")", "count(" + drawCondition(t, 1) + ") / population(Unit)", "mean(places)", "count(flag) / count(places > 2)"}).Draw(t, "measure")
			fmt.Fprintf(b, "  measure %s\n  target >= 50%%\n", measure)
		}
	}
	b.WriteString("}\n")
}

// loadText compiles a standard of one file.
func loadText(text string, o engine.Options) (*engine.Standard, error) {
	s, _, err := engine.Load(context.Background(), fstest.MapFS{"s.chk": {Data: []byte(text)}}, ".", o)
	return s, err
}

// drawSetting makes what is read beside the units, of which anything may be
// unknown.
func drawSetting(t *rapid.T) engine.Setting {
	at := engine.Setting{Subject: engine.Subject{ID: "s", Fields: map[string]any{}}, Populations: map[string]int64{}, Parameters: map[string]any{}}
	if rapid.IntRange(0, 3).Draw(t, "period") > 0 {
		at.Period, _ = engine.ParsePeriod("2026-11", time.UTC)
	}
	if rapid.Bool().Draw(t, "as of") {
		at.AsOf = time.Date(2026, 11, 12, 0, 0, 0, 0, time.UTC)
	}
	if rapid.IntRange(0, 3).Draw(t, "towers") > 0 {
		at.Subject.Fields["towers"] = rapid.IntRange(0, 3).Draw(t, "number of towers")
	}
	if rapid.Bool().Draw(t, "population") {
		at.Populations["Unit"] = rapid.Int64Range(0, 9).Draw(t, "number of units")
	}
	if rapid.Bool().Draw(t, "limit") {
		at.Parameters["limit"] = rapid.IntRange(0, 9).Draw(t, "number of limit")
	}
	if rapid.IntRange(0, 3).Draw(t, "zone") == 0 {
		at.Subject.Zone = time.FixedZone("away", -5*3600)
	}
	return at
}
