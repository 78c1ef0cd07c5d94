package report

import (
	"fmt"
	"strings"
	"time"

	"github.com/pinjian/pinjian/checklang/check"
	"github.com/pinjian/pinjian/checklang/diagnostic"
	"github.com/pinjian/pinjian/checklang/token"
	"github.com/pinjian/pinjian/engine"
)

// terms puts what the engine says into the words of one standard and language.
type terms struct {
	standard *engine.Standard
	options  Options // settled
}

func newTerms(s *engine.Standard, o Options) (*terms, error) {
	if s == nil {
		return nil, refused("没有标准", "report: there is no standard")
	}
	o, err := o.settled()
	if err != nil {
		return nil, err
	}
	return &terms{standard: s, options: o}, nil
}

func (t *terms) pick(zh, en string) string {
	return diagnostic.Words{ZH: zh, EN: en}.In(t.options.Lang)
}

func (t *terms) say(w engine.Words) string { return w.In(t.options.Lang) }

func (t *terms) colon() string { return t.pick("：", ": ") }

func (t *terms) join(list []string) string { return strings.Join(list, t.pick("、", ", ")) }

func (t *terms) word(canonical string) string {
	if k := token.LookupKeyword(canonical); k != token.NoKeyword {
		return k.In(t.options.Lang)
	}
	return canonical
}

// title is what the standard calls itself, and its version.
func (t *terms) title() string {
	ref := t.standard.Ref()
	title := ref.Standard
	if s := t.standard.Checked().Standard; s != nil && s.Title != "" {
		title = s.Title
	}
	if ref.Version != "" {
		title += t.pick(" 第"+ref.Version+"版", " version "+ref.Version)
	}
	return title
}

// outcome is the grade in the words of the print where the document is
// Chinese, as the print is.
func (t *terms) outcome(o engine.Outcome) string {
	if s := t.standard.Checked().Standard; s != nil && t.options.Lang == token.Chinese && s.Printed[o.String()] != "" {
		return s.Printed[o.String()]
	}
	return t.say(engine.OutcomeWords(o))
}

var stateWords = map[engine.State]engine.Words{
	engine.Undecided: {ZH: "证据不足", EN: "incomplete"}, engine.Referred: {ZH: "待裁定", EN: "waits for a ruling"},
	engine.NotApplicable: {ZH: "不适用", EN: "not applicable"}, engine.NotInspected: {ZH: "未检查", EN: "not inspected"},
	engine.Waived: {ZH: "豁免", EN: "waived"}, engine.Refused: {ZH: "证据被拒", EN: "evidence refused"},
	engine.Ungraded: {ZH: "只计分", EN: "scored only"},
}

// answer is a verdict in words: the outcome, or why none may be claimed and
// between which it lies.
func (t *terms) answer(a engine.Answer) string {
	if a.State == engine.Decided {
		return t.outcome(a.Best)
	}
	out := t.say(stateWords[a.State])
	if (a.State == engine.Undecided || a.State == engine.Referred) && a.Worst > a.Best {
		low := t.outcome(a.Best)
		out += t.pick("（"+low+"至"+t.outcome(a.Worst)+"）", " ("+low+" to "+t.outcome(a.Worst)+")")
	}
	return out
}

// styleOf is the colour of an answer.
func styleOf(a engine.Answer) Style {
	if a.State != engine.Decided {
		switch a.State {
		case engine.NotApplicable, engine.Waived, engine.Ungraded:
			return Muted
		}
		return Refer
	}
	return gradeStyle(a.Best)
}

func gradeStyle(o engine.Outcome) Style {
	switch o {
	case engine.Pass:
		return PassStyle
	case engine.Observation:
		return Observation
	case engine.Fail:
		return Fail
	case engine.Major:
		return Major
	}
	return Plain
}

// reason is why a verdict is as it is, with the values that were compared.
func (t *terms) reason(r engine.Reason) string {
	if r.Key == "no_population" {
		return t.pick("本期没有可查的单位", "there was no unit to inspect in this period")
	}
	if r.Label == "" && r.Key == "finding" {
		r.Label = t.outcome(r.Outcome)
	}
	return engine.Text(t.options.Lang, r)
}

// duties are the words of what a finding obliges to.
var duties = map[string]engine.Words{
	"correction": {ZH: "纠正", EN: "correction"}, "corrective action": {ZH: "纠正措施", EN: "corrective action"},
	"preventive action": {ZH: "预防措施", EN: "preventive action"}, "report": {ZH: "填写纠正与预防措施报告", EN: "corrective and preventive action report"},
	"record": {ZH: "保留处理记录", EN: "record of the handling"}, "verification on site": {ZH: "现场验证", EN: "verification on site"},
	"verification by record": {ZH: "记录验证", EN: "verification by record"},
}

func (t *terms) duty(name string) string {
	if w, ok := duties[name]; ok {
		return t.say(w)
	}
	return name
}

// name shows an id with its name.
func (t *terms) name(id string) string {
	if n := t.shortName(id); n != id {
		return n + t.pick("（"+id+"）", " ("+id+")")
	}
	return id
}

// shortName is the name of an id alone, for where there is little room.
func (t *terms) shortName(id string) string {
	if n := t.options.Names[id]; n != "" {
		return n
	}
	for _, s := range t.options.Subjects {
		if s.ID == id {
			return t.calledBy(s)
		}
	}
	return id
}

// subject is the name of a subject: the host's, else the first text that the
// standard knows of subjects.
func (t *terms) subject(s engine.Subject) string {
	if n := t.calledBy(s); t.options.Names[s.ID] == "" && n != s.ID {
		return n + t.pick("（"+s.ID+"）", " ("+s.ID+")")
	}
	return t.name(s.ID)
}

// calledBy is the first text that the standard knows of a subject, else its id.
func (t *terms) calledBy(s engine.Subject) string {
	st := t.standard.Checked().Standard
	if st == nil || st.Subject == nil {
		return s.ID
	}
	for _, f := range st.Subject.Fields {
		if f.Type.Kind != check.Text || f.Personal {
			continue
		}
		for _, key := range []string{f.Name.First, f.Name.Second} {
			if text, ok := s.Fields[key].(string); ok && text != "" && key != "" {
				return text
			}
		}
	}
	return s.ID
}

func (t *terms) party(p engine.Party) string {
	kind := map[string]engine.Words{"department": {ZH: "部门", EN: "department"}, "person": {ZH: "人员", EN: "person"}, "supplier": {ZH: "供应商", EN: "supplier"}}[p.Kind]
	if kind.ZH == "" {
		kind = engine.Words{ZH: p.Kind, EN: p.Kind}
	}
	return t.say(kind) + " " + t.name(p.ID)
}

// unit names a unit; one that was to be met on the spot and was not is
// numbered.
func (t *terms) unit(id string) string {
	if n, ok := strings.CutPrefix(id, "#"); ok && n != "" {
		return t.pick("现场第"+n+"个", "number "+n+" on the spot")
	}
	return t.name(id)
}

// moment is an instant in the zone of the standard. A midnight is the end of
// the day before, for deadlines are counted in days.
func (t *terms) moment(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	local := at.In(t.standard.Zone())
	if local.Hour() == 0 && local.Minute() == 0 && local.Second() == 0 && local.Nanosecond() == 0 {
		day := engine.DateOf(local).AddDays(-1).String()
		return t.pick(day+" 24:00", "end of "+day)
	}
	return local.Format("2006-01-02 15:04")
}

// period is the name of a period with its first and last day.
func (t *terms) period(p engine.Period) string {
	if p.Start.IsZero() {
		return p.Name
	}
	zone := t.standard.Zone()
	first, last := engine.DateOf(p.Start.In(zone)), engine.DateOf(p.End.In(zone)).AddDays(-1)
	return p.Name + t.pick("（"+first.String()+"至"+last.String()+"）", " ("+first.String()+" to "+last.String()+")")
}

// tier is the level of inspection by its title.
func (t *terms) tier(name string) string {
	for _, tier := range t.standard.Checked().Tiers {
		if tier.Name.Has(name) {
			if tier.Title != "" {
				return tier.Title
			}
			return tier.Name.In(t.options.Lang)
		}
	}
	if w, ok := tierWords[name]; ok {
		return t.say(w)
	}
	return name
}

// tierWords are the words of levels that a standard names without declaring
// them, as those do that leave the organisation to the host.
var tierWords = map[string]engine.Words{
	"company": {ZH: "公司", EN: "company"}, "headquarters": {ZH: "总部", EN: "headquarters"}, "region": {ZH: "区域", EN: "region"}, "city": {ZH: "城市公司", EN: "city"},
	"area": {ZH: "片区", EN: "area"}, "project": {ZH: "项目", EN: "project"},
}

// member is a standard whose items documents name: the one of the documents,
// or one that it imports, whose codes stand behind its own.
type member struct {
	prefix string
	*check.Checked
}

func (t *terms) members() []member {
	own := t.standard.Checked()
	out := []member{{"", own}}
	for _, c := range own.Standards {
		if c.Standard != nil {
			out = append(out, member{c.Standard.Code + "/", c})
		}
	}
	return out
}

// item is the code and title of an item.
func (t *terms) item(id string) string {
	for _, m := range t.members() {
		if own, ok := strings.CutPrefix(id, m.prefix); ok {
			if i, _ := m.FindItem(own); i != nil && i.Title != "" {
				return id + " " + i.Title
			}
		}
	}
	return id
}

// itemOf is the ID of the item that a part belongs to.
func (t *terms) itemOf(part string) string {
	if p := t.part(part); p != nil {
		return strings.TrimSuffix(part, p.ID) + p.Item.ID
	}
	return part
}

// sectionTitle is the path and title of a section.
func (t *terms) sectionTitle(path string) string {
	for _, m := range t.members() {
		own, ok := strings.CutPrefix(path, m.prefix)
		if !ok {
			continue
		}
		for _, i := range m.Items {
			for s := i.Section; s != nil; s = s.Parent {
				if strings.Join(s.Path, "/") == own {
					return path + " " + s.Title
				}
			}
		}
	}
	return path
}

// part finds a part of the standard, nil when there is none.
func (t *terms) part(id string) *check.Part {
	for _, m := range t.members() {
		own, ok := strings.CutPrefix(id, m.prefix)
		if !ok {
			continue
		}
		for _, i := range m.Items {
			for _, p := range i.Parts {
				if p.ID == own {
					return p
				}
			}
		}
	}
	return nil
}

// lacks is the name of what is missing, in the words of the standard.
func (t *terms) lacks(p *check.Part, name string) string {
	if name == engine.ReferralKey {
		return t.pick("没有一条结论相符，如何认定", "how to rule where no criterion fits")
	}
	if inner, ok := strings.CutPrefix(name, "population("); ok {
		record := strings.TrimSuffix(inner, ")")
		return t.pick("“"+record+"”的总数", "the number of "+record)
	}
	if st := t.standard.Checked().Standard; strings.HasPrefix(name, "subject.") && st != nil && st.Subject != nil {
		for _, v := range st.Subject.Fields {
			if "subject."+v.Key == name {
				return t.pick("受检对象的"+v.Name.In(t.options.Lang), "the subject's "+v.Name.In(t.options.Lang))
			}
		}
	}
	if p == nil {
		return name
	}
	variables := append([]*check.Variable{}, p.Answers...)
	if r := p.Record(); r != nil {
		variables = append(variables, r.Fields...)
	}
	for _, v := range variables {
		if v.Key == name {
			return v.Name.In(t.options.Lang)
		}
	}
	for _, k := range p.Criteria {
		if k.ID == name && k.Label != "" {
			return k.Label
		}
	}
	return name
}

// shortDigest is enough of a digest to compare by eye.
func shortDigest(d string) string { return fmt.Sprintf("%.16s", d) }
