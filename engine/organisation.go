package engine

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// subjectJSON is a Subject with its zone by name.
type subjectJSON struct {
	ID     string         `json:"id"`
	Kind   string         `json:"kind,omitempty"`
	Parent string         `json:"parent,omitempty"`
	Zone   string         `json:"zone,omitempty"`
	Fields map[string]any `json:"fields,omitempty"`
}

// MarshalJSON writes the zone by its name in the time zone database. It fails
// for one that is not there, such as a fixed offset: what reads the subject
// again would judge in another zone.
func (s Subject) MarshalJSON() ([]byte, error) {
	out := subjectJSON{ID: s.ID, Kind: s.Kind, Parent: s.Parent, Fields: s.Fields}
	if s.Zone != nil {
		out.Zone = s.Zone.String()
		if _, err := namedZone(out.Zone); err != nil {
			return nil, refused("受检对象“%s”的时区“%s”不是时区数据库里的名字，如 Asia/Shanghai", "the zone %[2]q of the subject %[1]q is no name of the time zone database, such as Asia/Shanghai", s.ID, out.Zone)
		}
	}
	return json.Marshal(out)
}

// UnmarshalJSON reads what MarshalJSON writes; numbers in fields stay the
// decimals they were written as.
func (s *Subject) UnmarshalJSON(data []byte) error {
	var in subjectJSON
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if err := d.Decode(&in); err != nil {
		return err
	}
	out := Subject{ID: in.ID, Kind: in.Kind, Parent: in.Parent, Fields: in.Fields}
	if in.Zone != "" {
		zone, err := namedZone(in.Zone)
		if err != nil {
			return refused("受检对象“%s”的时区“%s”不是时区数据库里的名字，如 Asia/Shanghai", "the zone %[2]q of the subject %[1]q is no name of the time zone database, such as Asia/Shanghai", in.ID, in.Zone)
		}
		out.Zone = zone
	}
	*s = out
	return nil
}

// namedZone finds a zone whose name means the same on every machine.
func namedZone(name string) (*time.Location, error) {
	if name == "" || name == "Local" {
		return nil, fmt.Errorf("engine: %q is no zone", name)
	}
	return time.LoadLocation(name)
}

// Person can inspect or be responsible. Skills are the classes of items
// (`class` in .chk) that the person can inspect; one without any can inspect all.
type Person struct {
	ID      string   `json:"id"`
	Subject string   `json:"subject"`
	Posts   []string `json:"posts,omitempty"`
	Skills  []string `json:"skills,omitempty"`
}

// Interest bars a person from a subject, with a reason that reports may show.
type Interest struct {
	Person  string `json:"person"`
	Subject string `json:"subject"`
	Reason  string `json:"reason"`
}

// Organisation is a snapshot of who there is.
type Organisation struct {
	Subjects  []Subject  `json:"subjects"`
	People    []Person   `json:"people"`
	Interests []Interest `json:"interests,omitempty"`
}

// Subject finds a subject by its id.
func (o Organisation) Subject(id string) (Subject, bool) {
	for _, s := range o.Subjects {
		if s.ID == id {
			return s, true
		}
	}
	return Subject{}, false
}

// tree is the subjects of an organisation by their parents.
type tree struct {
	subjects map[string]*Subject
	placed   map[string]bool // those that stand in the tree
	problems []Problem
}

// tree orders the subjects. One that is listed twice, hangs under nobody or
// under itself is a problem and stands outside: nothing can be planned for it.
func (o *Organisation) tree() *tree {
	t := &tree{subjects: map[string]*Subject{}, placed: map[string]bool{}}
	listed := map[string]int{}
	for i := range o.Subjects {
		x := &o.Subjects[i]
		t.subjects[x.ID] = x
		listed[x.ID]++
	}
	for _, id := range sortedKeys(t.subjects) {
		x := t.subjects[id]
		above := []string{id}
		for at := x.Parent; at != "" && t.subjects[at] != nil && !slices.Contains(above, at); at = t.subjects[at].Parent {
			above = append(above, at)
		}
		top := t.subjects[above[len(above)-1]]
		switch {
		case id == "":
			t.outside(id, "subject_without_id", Words{"有受检对象没有编号", "a subject has no id"})
		case listed[id] > 1:
			t.outside(id, "subject_twice", Words{"组织里“" + id + "”列了几次，只留一次", "organisation.subjects: " + id + " is listed several times; keep one"})
		case top.Parent != "" && t.subjects[top.Parent] == nil:
			t.outside(id, "unknown_parent", Words{"“" + top.ID + "”的上级“" + top.Parent + "”不在组织里，补上它或改正上级", "organisation.subjects: " + top.ID + " hangs under " + top.Parent + ", which is not there; add it or mend the parent"})
		case top.Parent != "":
			circle := append(slices.Clone(above[slices.Index(above, top.Parent):]), top.Parent)
			t.outside(id, "cyclic_organisation", Words{"组织绕成了圈：" + strings.Join(circle, " → ") + "，改正其中一个的上级", "organisation.subjects: the parents go round in a circle: " + strings.Join(circle, " → ") + "; mend one of them"})
		default:
			t.placed[id] = true
		}
	}
	return t
}

func (t *tree) outside(id, code string, why Words) {
	t.problems = append(t.problems, Problem{Code: code, Subject: id, Message: why, Blocking: true})
}

// sound says whether a subject stands in the tree.
func (t *tree) sound(id string) bool { return t.placed[id] }

// above lists the subjects above one, nearest first.
func (t *tree) above(id string) []string {
	var out []string
	if !t.sound(id) {
		return out
	}
	for at := t.subjects[id].Parent; at != ""; at = t.subjects[at].Parent {
		out = append(out, at)
	}
	return out
}
