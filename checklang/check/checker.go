package check

import (
	"path"
	"slices"
	"strings"

	"github.com/pinjian/pinjian/checklang/ast"
	"github.com/pinjian/pinjian/checklang/diagnostic"
	"github.com/pinjian/pinjian/checklang/internal/suggest"
	"github.com/pinjian/pinjian/checklang/token"
)

// Unit is the parsed files of one directory. Imported directories come as
// units of their own.
type Unit struct {
	Dir     string // canonical: "." or "std/property"
	Files   []*ast.File
	Imports []*Unit // the directories that its files import, each once
	// Lost says that a file or an import could not be read and was reported:
	// names that it would have declared are not reported again.
	Lost bool
	// Imported says that another unit imports this one and will read its items.
	Imported bool
}

// Check gives the standard in root its meaning. The result is complete even
// when the list holds errors, so that tools can go on; nothing may be compiled
// from it then. Unless the root is imported itself, its items and sections are
// taken out of the files as they are checked, so that the statements of a large
// standard and their meaning are not all held at once.
func Check(root *Unit) (*Checked, diagnostic.List) {
	return checkUnit(root, map[*Unit]*Checked{})
}

// checkUnit checks one unit; done holds the standards that were checked for
// other imports already.
func checkUnit(root *Unit, done map[*Unit]*Checked) (*Checked, diagnostic.List) {
	bytes := 0
	for _, f := range root.Files {
		bytes += len(f.Source.Text())
	}
	c := &checker{
		out:     &Checked{Dir: root.Dir, Info: newInfo(bytes), Only: map[*ast.Tally][]string{}},
		types:   map[string]declared{},
		defines: map[string]*Define{},
		tables:  map[string]*Table{},
		items:   map[string]*Item{},
		outcome: outcomeChoice(), subjects: map[*Variable]*Variable{}, populations: map[string]*Population{}, imported: map[string][]string{},
	}
	var units []*Unit
	c.flatten(root, &units)
	for _, u := range units {
		c.lost = c.lost || u.Lost || slices.ContainsFunc(u.Files, func(f *ast.File) bool { return f.Lost.Any() })
		c.collect(u, u == root)
		if u != root {
			c.importCodes(u)
		}
	}
	c.resolveRecords()
	c.resolveDefines()
	for _, f := range printedOrder(root.Files) {
		c.file = f.Source
		for i, d := range f.Decls {
			if c.structure(d) && !root.Imported {
				f.Decls[i] = nil
			}
		}
	}
	c.resolveWhitelists()
	for _, f := range root.Files {
		c.file = f.Source
		for _, d := range f.Decls {
			c.programme(d)
		}
	}
	for _, f := range root.Files {
		c.file = f.Source
		for _, d := range f.Decls {
			if t, ok := d.(*ast.Test); ok {
				c.test(t)
			}
		}
	}
	c.applyAcceptances()
	for _, u := range units {
		if u != root {
			c.importStandard(u, done)
		}
	}
	c.diagnostics.Sort()
	return c.out, c.diagnostics
}

// importStandard checks a standard that is imported as a whole, with its own
// items and names, so that tiers can plan it. Its warnings belong to itself; its
// errors are reported here too, except those that shared declarations gave
// already.
func (c *checker) importStandard(u *Unit, done map[*Unit]*Checked) {
	if !u.isStandard() {
		return
	}
	out, known := done[u]
	if !known {
		var found diagnostic.List
		out, found = checkUnit(u, done)
		done[u] = out
		for _, d := range found {
			same := func(o diagnostic.Diagnostic) bool { return o.Code == d.Code && o.Span == d.Span }
			if d.Severity == diagnostic.Error && !slices.ContainsFunc(c.diagnostics, same) {
				c.diagnostics.Add(d)
			}
		}
	}
	c.out.Standards = append(c.out.Standards, out)
}

// isStandard says whether a unit is a standard and not a directory of shared
// declarations.
func (u *Unit) isStandard() bool {
	for _, f := range u.Files {
		for _, d := range f.Decls {
			if _, ok := d.(*ast.Standard); ok {
				return true
			}
		}
	}
	return false
}

// flatten lists a unit and everything it imports, imports first, each once.
func (c *checker) flatten(u *Unit, out *[]*Unit) {
	if slices.Contains(*out, u) {
		return
	}
	for _, i := range u.Imports {
		c.flatten(i, out)
	}
	*out = append(*out, u)
}

type checker struct {
	out         *Checked
	file        *token.File
	diagnostics diagnostic.List
	types       map[string]declared
	defines     map[string]*Define
	tables      map[string]*Table
	items       map[string]*Item // by ID
	outcome     *ChoiceType
	subject     *Record
	late        []lateName
	subjects    map[*Variable]*Variable
	imported    map[string][]string // codes of imported standards, led by the standard's
	accepts     []acceptance
	whitelists  []whitelist
	lost        bool // a declaration that anyone may name could not be read
	lostItem    bool // an item or section within a section could not be read
	populations map[string]*Population
	depth       int // of definitions that rest on one another
}

// declared is a choice or record under one of its names.
type declared struct {
	choice *ChoiceType
	record *Record
	span   token.Span
}

// report adds a diagnostic at a place in the current file.
func (c *checker) report(code diagnostic.Code, r token.Range, args ...any) {
	c.diagnostics.Add(diagnostic.New(code, r.In(c.file), args...))
}

// diagnose is report for a diagnostic to which more is added.
func (c *checker) diagnose(code diagnostic.Code, r token.Range, args ...any) *diagnostic.Diagnostic {
	c.diagnostics.Add(diagnostic.New(code, r.In(c.file), args...))
	return &c.diagnostics[len(c.diagnostics)-1]
}

func (c *checker) span(r token.Range) token.Span { return r.In(c.file) }

func nameOf(n ast.Names) Name {
	out := Name{First: n.First.Text}
	if n.Second != nil {
		out.Second = n.Second.Text
	}
	return out
}

// unknown reports a name that means nothing here: run together with others,
// misspelt, or simply not declared.
func (c *checker) unknown(name string, r token.Range, known []string) {
	c.lookedUp(name, r, known, c.lost)
}

// lookedUp is unknown where a declaration may be lost: then a name that is
// near to nothing is passed over, for what declares it was reported already.
func (c *checker) lookedUp(name string, r token.Range, known []string, lost bool) {
	words := map[string]bool{}
	for _, k := range known {
		words[k] = k != name
	}
	for _, k := range token.Keywords() {
		if k.IsReserved() {
			words[k.In(token.Chinese)] = true
		}
	}
	if rest, ok := behindClassifier(name); ok && words[rest] { // 7单派工单
		words[strings.TrimSuffix(name, rest)] = true
	}
	if parts, ok := suggest.Split(name, words); ok {
		apart := strings.Join(parts, " ")
		d := c.diagnose(diagnostic.UnspacedWords, r, name, apart)
		*d = d.WithFix(diagnostic.Words{ZH: "改写为 " + apart, EN: "write " + apart}, diagnostic.Edit{Span: c.span(r), New: apart})
		return
	}
	near, ok := suggest.Nearest(name, known)
	if number, isNumber := suggest.Numeral(name); isNumber && !ok {
		near, ok = number, true
	}
	if ok {
		d := c.diagnose(diagnostic.MisspeltName, r, name, near)
		*d = d.WithFix(diagnostic.Words{ZH: "改写为 " + near, EN: "write " + near}, diagnostic.Edit{Span: c.span(r), New: near})
		return
	}
	if !lost {
		c.report(diagnostic.UnknownName, r, name)
	}
}

// behindClassifier is what follows the classifier that a name begins with.
func behindClassifier(name string) (string, bool) {
	for _, w := range token.Words() {
		if rest, ok := strings.CutPrefix(name, w.Chinese); ok && w.Class == "classifier" && rest != "" {
			return rest, true
		}
	}
	return "", false
}

func (c *checker) duplicate(name string, r token.Range, first token.Span) {
	d := c.diagnose(diagnostic.DuplicateName, r, name)
	*d = d.WithRelated(first, diagnostic.Words{ZH: "已在这里声明", EN: "declared here first"})
}

// collect takes in the declarations of one directory.
func (c *checker) collect(u *Unit, root bool) {
	for _, f := range u.Files {
		c.file = f.Source
		test := len(f.Decls) > 0
		for _, d := range f.Decls {
			switch d := d.(type) {
			case *ast.Choice:
				c.choice(d)
			case *ast.Record:
				c.record(d)
			case *ast.Define:
				c.define(d)
			case *ast.Table:
				c.table(d)
			case *ast.Standard:
				if root {
					c.standard(d)
				}
			}
			switch d.(type) {
			case *ast.Test, *ast.Import:
			default:
				test = false
			}
		}
		p := path.Base(f.Source.Name())
		if !root {
			p = u.Dir + "/" + p
		}
		c.out.Sources = append(c.out.Sources, Source{Path: p, File: f.Source, Test: test})
	}
	slices.SortFunc(c.out.Sources, func(a, b Source) int { return strings.Compare(a.Path, b.Path) })
}

func (c *checker) declare(names ast.Names, d declared) {
	for _, n := range names.All() {
		if old, ok := c.types[n.Text]; ok {
			c.duplicate(n.Text, n.Range, old.span)
			continue
		}
		d.span = c.span(n.Range)
		c.types[n.Text] = d
	}
}

func (c *checker) choice(d *ast.Choice) {
	t := &ChoiceType{Name: nameOf(d.Names), Span: c.span(d.Names.Range()), Doc: d.Doc, lost: d.Lost.Any()}
	seen := map[string]token.Span{}
	for _, m := range d.Members {
		for _, n := range m.Names.All() {
			if old, ok := seen[n.Text]; ok {
				c.duplicate(n.Text, n.Range, old)
			}
			seen[n.Text] = c.span(n.Range)
		}
		t.Members = append(t.Members, &Member{Name: nameOf(m.Names), Choice: t, Ordinal: len(t.Members), Doc: m.Doc})
	}
	c.out.Choices = append(c.out.Choices, t)
	c.declare(d.Names, declared{choice: t})
}

func (c *checker) record(d *ast.Record) {
	r := &Record{Name: nameOf(d.Names), Unlisted: d.Unlisted, Span: c.span(d.Names.Range()), Doc: d.Doc, lost: d.Lost.Any()}
	seen := map[string]token.Span{}
	for _, m := range d.Members {
		names := m.Names
		if m.Define != nil {
			names = m.Define
		}
		v := &Variable{Name: nameOf(*names), Key: names.First.Text, Role: FieldRole, Span: c.span(names.Range()), Doc: m.Doc, declared: m, declaredF: c.file}
		if m.Define != nil {
			v.Role = ComputedRole
		}
		for _, n := range names.All() {
			if old, ok := seen[n.Text]; ok {
				c.duplicate(n.Text, n.Range, old)
			}
			seen[n.Text] = c.span(n.Range)
		}
		r.Fields = append(r.Fields, v)
	}
	if d.By != nil {
		r.Key = d.By.Text
	}
	for _, s := range d.Sides {
		name := Name{First: s.Record.Text}
		at := s.Record.Range
		if s.Name != nil {
			name, at = Name{First: s.Name.Text}, s.Name.Range
		}
		v := &Variable{Name: name, Key: name.First, Role: SideRole, Type: Type{Kind: Side}, Optional: true, Span: c.span(at)}
		r.Sides = append(r.Sides, &JoinSide{Record: &Record{Name: Name{First: s.Record.Text}, Span: c.span(s.Record.Range)}, Variable: v})
		r.Fields = append(r.Fields, v)
	}
	c.out.Records = append(c.out.Records, r)
	c.declare(d.Names, declared{record: r})
}

func (c *checker) define(d *ast.Define) {
	def := &Define{Name: nameOf(d.Names), Span: c.span(d.Names.Range()), Doc: d.Doc, declared: d, declaredF: c.file}
	for _, n := range d.Names.All() {
		if old, ok := c.defines[n.Text]; ok {
			c.duplicate(n.Text, n.Range, old.Span)
			continue
		}
		c.defines[n.Text] = def
	}
	c.out.Defines = append(c.out.Defines, def)
}

func (c *checker) table(d *ast.Table) {
	t := &Table{Name: nameOf(d.Names), Loaded: d.Body, Span: c.span(d.Names.Range()), Doc: d.Doc}
	if d.Edition != nil {
		t.Edition = d.Edition.Value
	}
	last := int64(0)
	for i, b := range d.Bands {
		band := Band{Low: c.whole(b.Low), Size: c.whole(b.Size)}
		wrong := diagnostic.Words{}
		if b.High != nil {
			band.High = c.whole(*b.High)
			if band.High < band.Low {
				wrong = diagnostic.Words{ZH: "上下颠倒", EN: "has its ends the wrong way round"}
			}
		} else if i != len(d.Bands)-1 {
			wrong = diagnostic.Words{ZH: "没有上限，后面却还有", EN: "has no upper end but others follow"}
		}
		switch {
		case i > 0 && last < 0: // the open end before was reported
		case i > 0 && band.Low <= last:
			wrong = diagnostic.Words{ZH: "重叠", EN: "overlaps"}
		case i > 0 && band.Low > last+1:
			wrong = diagnostic.Words{ZH: "有缺口", EN: "has a gap"}
		case i > 0 && band.Size < t.Bands[i-1].Size:
			wrong = diagnostic.Words{ZH: "数量变小", EN: "draws less than before"}
		case band.Size > band.Low && band.Low > 0 && band.Size > max(band.Low, band.High):
			wrong = diagnostic.Words{ZH: "数量超过总体", EN: "draws more than there are"}
		}
		if wrong != (diagnostic.Words{}) {
			c.report(diagnostic.TableBands, b.Range, wrong, b.Range.In(c.file).Text())
		}
		last = max(band.Low, band.High)
		if b.High == nil {
			last = -1
		}
		t.Bands = append(t.Bands, band)
	}
	for _, n := range d.Names.All() {
		if old, ok := c.tables[n.Text]; ok {
			c.duplicate(n.Text, n.Range, old.Span)
			continue
		}
		c.tables[n.Text] = t
	}
	c.out.Tables = append(c.out.Tables, t)
}

// whole reads a number that must be a whole one.
func (c *checker) whole(n ast.Number) int64 {
	if n.Value == nil || !n.Value.IsInt() || n.Percent {
		c.report(diagnostic.WholeNumber, n.Range, n.Literal)
		return 0
	}
	return n.Value.Num().Int64()
}

func (c *checker) standard(d *ast.Standard) {
	if c.out.Standard != nil {
		r := c.diagnose(diagnostic.SecondStandard, d.Code.Range)
		*r = r.WithRelated(c.out.Standard.Span, diagnostic.Words{ZH: "另一个在这里", EN: "the other one"})
		return
	}
	s := &Standard{Code: d.Code.Value, Title: d.Title.Value, Span: c.span(d.Code.Range), Printed: map[string]string{}, Doc: d.Doc}
	c.out.Standard = s
	seen := map[string]bool{}
	once := func(key string, m *ast.Meta) {
		if seen[key] {
			c.report(diagnostic.DuplicateStatement, m.Range, token.LookupKeyword(key))
		}
		seen[key] = true
	}
	for _, m := range d.Metas {
		switch {
		case m.Text != nil:
			once(m.Key.String(), m)
			switch m.Key.Keyword {
			case token.KwVersion:
				s.Version = m.Text.Value
			case token.KwPublisher:
				s.Publisher = m.Text.Value
			case token.KwInterpreter:
				s.Interpreter = m.Text.Value
			case token.KwSource:
				s.Source = m.Text.Value
			case token.KwZone:
				s.Zone = m.Text.Value
				if !knownZone(s.Zone) {
					c.report(diagnostic.UnknownZone, m.Text.Range, s.Zone)
				}
			case token.KwCalendar:
				s.Calendar = m.Text.Value
				if s.Calendar != "cn" {
					c.report(diagnostic.UnknownCalendar, m.Text.Range, s.Calendar)
				}
			}
		case m.Issued != nil:
			once("issued", m)
			s.Issued = m.Issued
		case m.As != nil:
			once(m.Printed.String(), m)
			s.Printed[m.Printed.String()] = m.As.Value
		case m.Effective != nil:
			once("effective", m)
			s.EffectiveFrom, s.EffectiveUntil = m.Effective, m.Until
		case m.Subject != nil:
			once("subject", m)
			name, file := *m.Subject, c.file
			c.late = append(c.late, lateName{name, file}) // it may stand in a file that is read later
		}
	}
}
