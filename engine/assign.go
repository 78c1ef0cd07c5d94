package engine

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/pinjian/pinjian/checklang/token"
	"github.com/pinjian/pinjian/engine/internal/assign"
)

// assignAlgorithm names the rule by which tickets of pairs are made.
const assignAlgorithm = "pinjian-assign/1"

// namedBarred is up to how many barred people a problem names one by one.
const namedBarred = 3

// recusal says who is barred from which task. Nobody inspects where they
// declared an interest, and nobody their own unit. A self-check is the exception:
// only people of the unit make it, but none whose post answers for one of the
// task's items. A tier is a self-check when those who inspect and those who are
// inspected are of one kind and it does not recuse the unit.
type recusal struct {
	selfCheck bool
	interests map[[2]string]string // person and subject: the reason
	people    map[string]Person
	subjects  map[string]string          // of each task
	posts     map[string]map[string]bool // the posts that answer for items of each task
}

func (s *Standard) recusal(p *Plan, r PlanRequest) *recusal {
	out := &recusal{interests: map[[2]string]string{}, people: map[string]Person{}, subjects: map[string]string{}, posts: map[string]map[string]bool{}}
	for _, tier := range s.checked.Tiers {
		if tier.Name.Has(r.Tier) {
			out.selfCheck = tier.Inspector == tier.Inspects && !slices.Contains(tier.Recuse, token.KwUnit)
		}
	}
	for _, x := range r.Organisation.Interests {
		pair := [2]string{x.Person, x.Subject}
		if known, twice := out.interests[pair]; !twice || x.Reason < known {
			out.interests[pair] = x.Reason // the order of the list decides nothing
		}
	}
	for _, x := range r.Organisation.People {
		out.people[x.ID] = x
	}
	for i := range p.Tasks {
		t := &p.Tasks[i]
		out.subjects[t.ID] = t.Subject.ID
		posts := map[string]bool{}
		for _, d := range t.Draws {
			for _, id := range d.Parts {
				if c, ok := s.parts[id]; ok && c.checked.Item.Responsible != "" {
					posts[c.checked.Item.Responsible] = true
				}
			}
		}
		out.posts[t.ID] = posts
	}
	return out
}

// bars says why a person may not take a task; ok means that they may.
func (r *recusal) bars(person, task string) (why Words, ok bool) {
	x, subject := r.people[person], r.subjects[task]
	if reason, declared := r.interests[[2]string{person, subject}]; declared {
		if reason == "" {
			return Words{"声明过利害关系", "declared an interest"}, false
		}
		return Words{"声明过利害关系：" + reason, "declared an interest: " + reason}, false
	}
	switch own := x.Subject == subject; {
	case own && !r.selfCheck:
		return Words{"不得检查本单位", "may not inspect the own unit"}, false
	case !own && r.selfCheck:
		return Words{"不是本单位的人，不做它的自检", "is of another unit and makes no self-check here"}, false
	case !own:
		return Words{}, true
	}
	for _, post := range x.Posts {
		if r.posts[task][post] {
			return Words{"不得检查本岗位“" + post + "”", "may not inspect the own post " + post}, false
		}
	}
	return Words{}, true
}

// assign pairs the people of a request with the tasks of its plan, as even in
// number as recusal allows. Among pairings with equally even loads the one with
// the least sum of tickets is taken. A ticket is the first four bytes, greatest
// first, of SHA256(key + length of the person's id in bytes + ":" + person's id +
// task's id); key is the lower-case hexadecimal SHA256 of three lines: the
// algorithm's name; scope, standard, tier and period, each after its length in
// bytes and a colon; the seed in hexadecimal. So nobody can be sent where somebody wants
// them, and everybody with seed and organisation can check it. A request without
// people leaves the tasks unassigned.
func (s *Standard) assign(ctx context.Context, p *Plan, r PlanRequest) error {
	if len(r.Organisation.People) == 0 {
		return nil
	}
	recusal := s.recusal(p, r)
	flow := assign.Problem{
		Ticket:  pairTicket(p, r.Seed),
		Allowed: func(person, task string) bool { _, ok := recusal.bars(person, task); return ok },
	}
	seen := map[string]bool{}
	for i, person := range r.Organisation.People {
		switch {
		case person.ID == "":
			return refused("组织里第 %d 个人没有编号", "plan: organisation.people[%[2]d]: the person has no id", i+1, i)
		case seen[person.ID]:
			return refused("组织里“%s”列了两次，只留一次", "plan: organisation.people: %q is listed twice; keep one", person.ID)
		}
		seen[person.ID] = true
		flow.Inspectors = append(flow.Inspectors, assign.Inspector{ID: person.ID})
	}
	for i := range p.Tasks {
		flow.Tasks = append(flow.Tasks, p.Tasks[i].ID)
	}
	a, err := assign.Solve(ctx, flow)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		return fmt.Errorf("engine: plan: inspectors: %w", err)
	}
	for i := range p.Tasks {
		t := &p.Tasks[i]
		if inspector, ok := a.Inspector[t.ID]; ok {
			t.Inspector = inspector
			continue
		}
		p.Problems = append(p.Problems, Problem{Code: "no_inspector", Subject: t.Subject.ID, Blocking: true, Message: recusal.nobody(t, r.Organisation.People)})
	}
	return nil
}

// nobody says why a task has no inspector: without a limit on loads it is that
// everybody is barred.
func (r *recusal) nobody(t *Task, people []Person) Words {
	out := Words{"没有可以检查“" + t.Subject.ID + "”的人：都须回避", "nobody may inspect " + t.Subject.ID + ": everybody is barred"}
	if len(people) > namedBarred {
		return Words{fmt.Sprintf("%s（共 %d 人）", out.ZH, len(people)), fmt.Sprintf("%s (%d people)", out.EN, len(people))}
	}
	people = slices.Clone(people)
	slices.SortFunc(people, func(a, b Person) int { return cmp.Compare(a.ID, b.ID) })
	var zh, en []string
	for _, x := range people {
		why, _ := r.bars(x.ID, t.ID)
		zh, en = append(zh, x.ID+why.ZH), append(en, x.ID+" "+why.EN)
	}
	return Words{out.ZH + "（" + strings.Join(zh, "；") + "）", out.EN + " (" + strings.Join(en, "; ") + ")"}
}

// pairTicket gives the tickets of one run.
func pairTicket(p *Plan, seed []byte) func(person, task string) uint32 {
	var id strings.Builder
	for _, part := range []string{p.Scope, p.Standard.Standard, p.Tier, p.Period.Name} {
		fmt.Fprintf(&id, "%d:%s", len(part), part)
	}
	key := digestOf([]byte(assignAlgorithm + "\n" + id.String() + "\n" + hex.EncodeToString(seed)))
	return func(person, task string) uint32 {
		sum := sha256.Sum256(fmt.Appendf(nil, "%s%d:%s%s", key, len(person), person, task))
		return binary.BigEndian.Uint32(sum[:])
	}
}
