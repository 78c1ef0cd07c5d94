package engine

import (
	"fmt"
	"math/big"
	"slices"
	"strings"
	"time"

	exprast "github.com/expr-lang/expr/ast"

	"github.com/pinjian/pinjian/checklang/ast"
	"github.com/pinjian/pinjian/checklang/check"
	"github.com/pinjian/pinjian/checklang/token"
	"github.com/pinjian/pinjian/engine/internal/eval"
)

// masked stands for the value of a personal field.
const masked = "＊＊＊"

// words writes an expression as .chk does, in both languages.
func (w *witness) words(n exprast.Node) Words {
	return Words{w.render(n, token.Chinese), w.render(n, token.English)}
}

func word(l token.Lang, zh, en string) string {
	if l == token.Chinese {
		return zh
	}
	return en
}

func (w *witness) render(n exprast.Node, l token.Lang) string {
	group := func(nodes []exprast.Node) string {
		parts := make([]string, len(nodes))
		for i, a := range nodes {
			parts[i] = w.render(a, l)
		}
		return strings.Join(parts, ", ")
	}
	switch o := w.standard.checked.Info.Objects[n].(type) {
	case *check.Variable:
		name := o.Name.In(l)
		if o.Side != nil {
			name = o.Side.Name.In(l) + "." + name
		}
		if o.Role == check.SubjectRole {
			name = word(l, "受检对象.", "subject.") + name
		}
		return name
	case *check.Member:
		return o.Name.In(l)
	case *check.Define:
		return o.Name.In(l)
	case *check.Population:
		return word(l, "总体", "population") + "(" + o.Record.Name.In(l) + ")"
	case check.Builtin:
		if c, ok := n.(*exprast.CallNode); ok {
			return functionWord(string(o), l) + "(" + group(c.Arguments) + ")"
		}
		return builtinWord(o, l)
	}
	switch n := n.(type) {
	case *exprast.BoolNode:
		return yesNo(n.Value).In(l)
	case *exprast.StringNode:
		return token.Quote(n.Value)
	case *exprast.ConstantNode:
		return literalWords(n.Value, l)
	case *exprast.NilNode:
		return word(l, "空", "absent")
	case *exprast.UnaryNode:
		if n.Operator == "-" {
			return "-" + w.render(n.Node, l)
		}
		return word(l, "非 ", "not ") + w.render(n.Node, l)
	case *exprast.ArrayNode:
		return "[" + group(n.Nodes) + "]"
	case *exprast.BinaryNode:
		if n.Operator == ".." {
			return w.render(n.Left, l) + ".." + w.render(n.Right, l)
		}
		if _, ok := n.Right.(*exprast.NilNode); ok {
			if n.Operator == "==" {
				return w.render(n.Left, l) + word(l, " 为空", " is absent")
			}
			return w.render(n.Left, l) + word(l, " 不为空", " is present")
		}
		return w.render(n.Left, l) + " " + operatorWord(n.Operator, l) + " " + w.render(n.Right, l)
	}
	return ""
}

func operatorWord(op string, l token.Lang) string {
	switch op {
	case "and":
		return word(l, "且", "and")
	case "or":
		return word(l, "或", "or")
	case "in":
		return word(l, "属于", "in")
	case "contains":
		return word(l, "包含", "contains")
	}
	return op
}

func functionWord(name string, l token.Lang) string {
	for _, e := range token.Words() {
		if e.Class == "function" && e.Canonical == name {
			return e.In(l)
		}
	}
	return name
}

func builtinWord(b check.Builtin, l token.Lang) string {
	switch b {
	case eval.AsOf:
		return word(l, "截至时刻", "as_of")
	case eval.PeriodStart:
		return word(l, "本期.起", "period.start")
	case eval.PeriodEnd:
		return word(l, "本期.止", "period.end")
	case "period":
		return word(l, "本期", "period")
	}
	return string(b)
}

func literalWords(v any, l token.Lang) string {
	switch v := v.(type) {
	case ast.Number:
		return v.Literal
	case ast.Duration:
		return durationWords(int64(v.Value), l)
	case ast.Clock:
		return clockText(int64(v.SinceMidnight))
	case ast.Date:
		return Date{v.Year, v.Month, v.Day}.String()
	case ast.Instant:
		s := Date{v.Date.Year, v.Date.Month, v.Date.Day}.String()
		if v.Clock != nil {
			s += " " + clockText(int64(v.Clock.SinceMidnight))
		}
		return s
	}
	return ""
}

func clockText(ns int64) string {
	d := time.Duration(ns)
	s := fmt.Sprintf("%02d:%02d", d/time.Hour, d/time.Minute%60)
	if d%time.Minute != 0 {
		s += fmt.Sprintf(":%02d", d/time.Second%60)
	}
	return s
}

// durationWords writes a duration in whole units: 1天2小时3分钟, 1d2h3m.
func durationWords(ns int64, l token.Lang) string {
	if ns == 0 {
		return word(l, "0分钟", "0m")
	}
	var b strings.Builder
	if ns < 0 {
		b.WriteByte('-')
		ns = -ns
	}
	for _, u := range []struct {
		size   int64
		zh, en string
	}{{24 * int64(time.Hour), "天", "d"}, {int64(time.Hour), "小时", "h"}, {int64(time.Minute), "分钟", "m"}, {int64(time.Second), "秒", "s"}} {
		if n := ns / u.size; n > 0 {
			fmt.Fprintf(&b, "%d%s", n, word(l, u.zh, u.en))
			ns %= u.size
		}
	}
	if ns > 0 {
		fmt.Fprintf(&b, "%s%s", NumberOf(big.NewRat(ns, int64(time.Millisecond))).String(), word(l, "毫秒", "ms"))
	}
	return b.String()
}

// value writes the value of an expression in both languages; that of a
// personal field is masked.
func (w *witness) value(n exprast.Node) Words {
	if o, ok := w.standard.checked.Info.Objects[n].(*check.Variable); ok && o.Personal {
		return Words{masked, masked}
	}
	return w.format(w.exact.Value(n), w.standard.checked.Info.TypeOf(n))
}

func (w *witness) format(v eval.Value, t check.Type) Words {
	if !v.Known {
		return Words{"未知", "unknown"}
	}
	one := func(r *big.Rat) Words {
		return Words{w.formatNumber(r, t, token.Chinese), w.formatNumber(r, t, token.English)}
	}
	if t.Kind == check.Text {
		q := token.Quote(v.Text)
		return Words{q, q}
	}
	low := one(v.Low)
	if v.Low.Cmp(v.High) == 0 {
		return low
	}
	high := one(v.High)
	return Words{low.ZH + ".." + high.ZH, low.EN + ".." + high.EN}
}

func (w *witness) formatNumber(r *big.Rat, t check.Type, l token.Lang) string {
	i := int64(0)
	if r.IsInt() && r.Num().IsInt64() {
		i = r.Num().Int64()
	}
	zone := w.exact.Env.Zone
	if zone == nil {
		zone = time.UTC
	}
	switch t.Kind {
	case check.Bool:
		return yesNo(i != 0).In(l)
	case check.Time:
		at := time.Unix(0, i).In(zone)
		layout := "2006-01-02 15:04"
		if at.Second() != 0 || at.Nanosecond() != 0 {
			layout = "2006-01-02 15:04:05.999999999"
		}
		return at.Format(layout)
	case check.Date:
		return epoch.AddDays(int(i)).String()
	case check.Clock:
		return clockText(i)
	case check.Duration:
		if r.IsInt() {
			return durationWords(i, l)
		}
		// A share of a duration that is no whole number of nanoseconds.
		return NumberOf(new(big.Rat).Quo(r, new(big.Rat).SetInt64(int64(time.Second)))).String() + word(l, "秒", "s")
	case check.Choice:
		if i >= 0 && int(i) < len(t.Choice.Members) {
			return t.Choice.Members[i].Name.In(l)
		}
	case check.Set:
		var names []string
		for _, m := range t.Choice.Members {
			if i>>uint(m.Ordinal)&1 == 1 {
				names = append(names, m.Name.In(l))
			}
		}
		return "[" + strings.Join(names, ", ") + "]"
	}
	return NumberOf(r).String()
}

func (w *witness) slotWords(v *check.Variable, slot eval.Slot) Words {
	if v.Personal {
		return Words{masked, masked}
	}
	switch slot.State {
	case eval.Absent:
		return Words{"空", "absent"}
	case eval.Unknown:
		return Words{"未知", "unknown"}
	}
	if v.Type.Kind == check.Text {
		return Words{slot.Text, slot.Text}
	}
	r := new(big.Rat).SetInt64(slot.Num)
	if v.Type.Kind == check.Number && !v.Type.Whole {
		r.SetFrac64(slot.Num, eval.Millionths)
	}
	return Words{w.formatNumber(r, v.Type, token.Chinese), w.formatNumber(r, v.Type, token.English)}
}

// Text puts a reason into one sentence of a language: the label, and what
// decided it, such as "派单时间 - 登记时间 = 14分钟 > 10分钟".
func Text(l token.Lang, r Reason) string {
	head := r.Label
	if head == "" {
		head = r.Criterion
	}
	switch r.Key {
	case "unmatched":
		return word(l, "没有一条结论与事实相符，提请裁定", "no criterion fits the facts, referred for a ruling")
	case "not_applicable":
		head = word(l, "不适用", "not applicable")
	case "ruling":
		head = word(l, "裁定为", "ruled ") + outcomeWords[r.Outcome].In(l) + word(l, "：", ": ") + head
	case "waived":
		head = word(l, "豁免：", "waived: ") + head
	case "settled":
		head = word(l, "已有更差的结论，不必裁定：", "settled by a worse finding, no ruling needed: ") + head
	case "refer":
		head = word(l, "提请裁定：", "referred: ") + head
	case "pass":
		if head == "pass" {
			head = word(l, "合格", "pass")
		}
	case "target":
		if head == "target" {
			head = word(l, "指标", "indicator")
		}
		if r.Outcome == Pass {
			head = word(l, "指标达标", "target met")
		}
	}
	var facts []string
	for _, f := range r.Facts {
		if s := f.text(l); s != "" {
			facts = append(facts, s)
		}
	}
	if r.Points != nil {
		facts = append(facts, word(l, "扣 ", "minus ")+r.Points.String())
	}
	if len(facts) == 0 {
		return head
	}
	return head + word(l, "：", ": ") + strings.Join(facts, word(l, "；", "; "))
}

var outcomeWords = map[Outcome]Words{0: {"不适用", "not applicable"}, Pass: {"合格", "pass"}, Observation: {"观察项", "observation"}, Fail: {"不合格", "fail"}, Major: {"严重不合格", "major"}}

// OutcomeWords names an outcome in both languages.
func OutcomeWords(o Outcome) Words { return outcomeWords[o] }

var opposite = map[string]string{"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}

func (f Fact) text(l token.Lang) string {
	subject, value := f.Subject.In(l), f.Value.In(l)
	equal := func() string {
		if value == "" || value == subject {
			return subject
		}
		return subject + " = " + value
	}
	switch f.Key {
	case "absent":
		return subject + word(l, " 为空", " is absent")
	case "present":
		return subject + word(l, " 不为空", " is present")
	case "answer":
		return equal()
	case "otherwise":
		return ""
	case "in", "contains":
		op := word(l, "属于", "in")
		if f.Key == "contains" {
			op = word(l, "包含", "contains")
		}
		if !f.Holds {
			op = word(l, "不", "not ") + op
		}
		return equal() + word(l, " ", " ") + op + " " + f.Limit.In(l)
	}
	if f.Operator == "" {
		return equal()
	}
	op := f.Operator
	if !f.Holds {
		op = opposite[op]
	}
	limit := f.Limit.In(l)
	if op == "==" && limit == value {
		return equal()
	}
	return equal() + " " + op + " " + limit
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func joinLimited(names []string) string {
	if len(names) > 12 {
		names = append(slices.Clone(names[:12]), "…")
	}
	return strings.Join(names, ", ")
}
