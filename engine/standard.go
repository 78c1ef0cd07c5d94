package engine

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"time"
	_ "time/tzdata" // zones must not depend on the machine

	"github.com/pinjian/pinjian/checklang"
	"github.com/pinjian/pinjian/checklang/check"
	"github.com/pinjian/pinjian/engine/internal/eval"
	"github.com/pinjian/pinjian/stdlib"
)

// Semantics is the number of the meaning that this release gives to standards:
// equal Refs and equal input give equal bytes in every release of one number.
const Semantics = 1

// Options bounds and configures a compilation. The zero value is safe for
// files written by tenants.
type Options struct {
	Limits Limits
	// Parameters gives values to the parameters of the standard, by either
	// name, in the forms of evidence. One without a value is unknown, and
	// verdicts that need it say so.
	Parameters map[string]any
	// Calendars are business calendars by the name that standards write;
	// "cn", the calendar of mainland China, is built in.
	Calendars map[string]Calendar
	// Audit judges every clause whose inputs are known a second time, on
	// expr's virtual machine, and refuses a verdict on which the two differ.
	Audit bool
	// Cache makes loading a standard again after an edit cost what the edit
	// touched; nil keeps nothing.
	Cache *Cache
}

// Limits bounds source size and judging; zero fields mean the defaults.
type Limits struct {
	SourceBytes  int64 // of one file; default 4 MiB
	Declarations int   // of one file; default 20,000
	UnitCost     int   // nodes visited to judge one unit; default 100,000
}

// Standard is a compiled standard. It is immutable, safe for concurrent use,
// and keeps no reference to the file system it came from.
type Standard struct {
	checked  *checklang.Checked
	ref      Ref
	zone     *time.Location
	calendar Calendar
	audit    bool
	setting  map[any]int
	subject  map[string]int
	settings []any // by slot
	given    eval.Row
	parts    map[string]*part
	order    []*part
	fields   map[*check.Record]*fields // of the records that parts are over
	sections map[*check.Section]*part
	reuse    *reuse // while it is compiled
	scoring  *scoringReads
	imported []member // the standards among the imports
}

// Ref names exactly what judged: equal Refs and equal input give equal bytes.
type Ref struct {
	Standard  string `json:"standard"`
	Version   string `json:"version"`
	Digest    string `json:"digest"`
	Language  int    `json:"language"`
	Semantics int    `json:"semantics"`
}

// Load parses, checks and compiles the standard in dir of fsys. Imports that
// begin with "std/" come from package stdlib. When authors made mistakes the
// error is the Diagnostics themselves; warnings are returned beside a
// Standard.
func Load(ctx context.Context, fsys fs.FS, dir string, o Options) (*Standard, checklang.Diagnostics, error) {
	checked, diagnostics, err := checklang.Load(ctx, fsys, dir, checklang.Options{
		Library: stdlib.FS(),
		Limits:  checklang.Limits{SourceBytes: o.Limits.SourceBytes, Declarations: o.Limits.Declarations},
		Cache:   o.Cache.parsed(),
	})
	if err != nil {
		return nil, diagnostics, err
	}
	if diagnostics.HasErrors() {
		return nil, diagnostics, diagnostics
	}
	s, err := Compile(ctx, checked, o)
	return s, diagnostics, err
}

// Compile is Load for a host that has already checked the files. It refuses a
// result that holds no items to judge.
func Compile(ctx context.Context, c *checklang.Checked, o Options) (*Standard, error) {
	if c == nil {
		return nil, fmt.Errorf("engine: nothing to compile")
	}
	s, used, err := compile(ctx, c, o)
	if err != nil {
		return nil, err
	}
	for _, other := range c.Standards {
		imported, also, err := compile(ctx, other, o)
		if err != nil {
			return nil, err
		}
		s.imported = append(s.imported, member{imported, imported.ref.Standard + "/"})
		for name := range also {
			used[name] = true
		}
	}
	for _, name := range sortedKeys(o.Parameters) {
		if !used[name] {
			return nil, refused("标准里没有参数“%s”", "parameters.%s: the standard has no such parameter", name)
		}
	}
	return s, nil
}

// compile compiles one standard without those that it imports, and says which
// parameters it has.
func compile(ctx context.Context, c *checklang.Checked, o Options) (*Standard, map[string]bool, error) {
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	s := &Standard{checked: c, audit: o.Audit, zone: time.UTC, parts: map[string]*part{}, sections: map[*check.Section]*part{}, fields: map[*check.Record]*fields{}, subject: map[string]int{}}
	meaning := c.Meaning()
	s.ref = Ref{Standard: c.Dir, Digest: meaning.Digest(), Language: 1, Semantics: Semantics}
	if st := c.Standard; st != nil {
		s.ref.Standard, s.ref.Version = st.Code, st.Version
		if st.Zone != "" {
			zone, err := time.LoadLocation(st.Zone)
			if err != nil {
				return nil, nil, fmt.Errorf("engine: zone %q of standard %s: %w", st.Zone, st.Code, err)
			}
			s.zone = zone
		}
		if st.Calendar != "" {
			calendar, err := findCalendar(st.Calendar, o.Calendars)
			if err != nil {
				return nil, nil, fmt.Errorf("engine: standard %s: %w", st.Code, err)
			}
			s.calendar = calendar
		}
	}
	s.setting, s.scoring = eval.SettingLayout(c), readsOfScoring(c)
	s.settings = make([]any, len(s.setting))
	for key, i := range s.setting {
		s.settings[i] = key
		if f, ok := key.(*check.Variable); ok {
			s.subject[f.Key] = i
		}
	}
	used, err := s.parameters(o.Parameters)
	if err != nil {
		return nil, nil, err
	}
	limit := o.Limits.UnitCost
	if limit == 0 {
		limit = 100_000
	}
	s.reuse = o.Cache.begin(c, meaning, o.Audit)
	for i, item := range c.Items {
		s.reuse.open(meaning, i)
		for _, p := range item.Parts {
			compiled, err := s.compilePart(p, limit)
			if err != nil {
				return nil, nil, err
			}
			s.parts[p.ID] = compiled
			s.order = append(s.order, compiled)
		}
		s.reuse.close()
	}
	o.Cache.end(c.Dir, s.reuse)
	s.reuse = nil
	if err := s.compileSections(c.Sections, limit); err != nil {
		return nil, nil, err
	}
	return s, used, nil
}

func findCalendar(name string, own map[string]Calendar) (Calendar, error) {
	if c, ok := own[name]; ok {
		return c, nil
	}
	if name == "cn" {
		return ChineseCalendar(), nil
	}
	return nil, fmt.Errorf("calendar %q is not supplied; pass it in Options.Calendars", name)
}

// parameters puts the values of the host into the setting's row and returns
// the names of those that the standard has.
func (s *Standard) parameters(values map[string]any) (map[string]bool, error) {
	s.given = make(eval.Row, len(s.settings))
	used := map[string]bool{}
	for i, key := range s.settings {
		d, ok := key.(*check.Define)
		if !ok {
			continue
		}
		for _, name := range []string{d.Name.First, d.Name.Second} {
			value, has := values[name]
			if !has || name == "" {
				continue
			}
			used[name] = true
			slot, refused := decode(&check.Variable{Key: name, Type: d.Type, Optional: d.Optional}, value, s.zone, "parameters."+name)
			if refused != nil {
				return nil, fmt.Errorf("engine: %w", refused)
			}
			s.given[i] = slot
		}
	}
	return used, nil
}

// Ref returns what names this standard in verdicts.
func (s *Standard) Ref() Ref { return s.ref }

// Checked returns the standard's checked form, for tools that describe it.
func (s *Standard) Checked() *checklang.Checked { return s.checked }

// Zone returns the time zone of the standard: UTC when it names none.
func (s *Standard) Zone() *time.Location { return s.zone }

// part returns a compiled part by its ID or by a code that only one part has.
func (s *Standard) part(id string) (*part, error) {
	if p, ok := s.parts[id]; ok {
		return p, nil
	}
	if p := s.checked.FindPart(id); p != nil {
		return s.parts[p.ID], nil
	}
	if item, several := s.checked.FindItem(id); item != nil {
		return nil, refused("检查项 %s 有几个分项，写明其中一个，如 %s", "item %s has several parts; name one, such as %s", id, item.Parts[0].ID)
	} else if len(several) > 0 {
		return nil, refused("编号 %s 在几个章节里都有，写全，如 %s", "the code %s is in several sections; write %s", id, several[0])
	}
	return nil, refused("标准里没有“%s”", "the standard has no part %q", id)
}

// digestOf is a SHA-256 in lower-case hexadecimal.
func digestOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// evaluatorCalendar serves the evaluator from a Calendar.
type evaluatorCalendar struct{ calendar Calendar }

// BusinessDays implements eval.Calendar.
func (w evaluatorCalendar) BusinessDays(a, b int64) (int64, error) {
	n, err := BusinessDaysBetween(w.calendar, epoch.AddDays(int(a)), epoch.AddDays(int(b)))
	return int64(n), err
}

var epoch = Date{Year: 1970, Month: time.January, Day: 1}
