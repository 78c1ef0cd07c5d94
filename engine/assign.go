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
// task's items. People with skills inspect only items of those classes.
type recusal struct {
	selfCheck bool
	interests map[[2]string]string // person and subject: the reason
	people    map[string]Person
	subjects  map[string]string          // of each task
	posts     map[string]map[string]bool // the posts that answer for items of each task
	classes   map[string]map[string]bool // the classes of the items of each task
	mutual    map[[2]string]bool         // pairs of person and task that mutual recusal rules out
}

func (g *programme) recusal() *recusal {
	out := &recusal{
		selfCheck: g.selfCheck, interests: map[[2]string]string{}, people: map[string]Person{}, subjects: map[string]string{},
		posts: map[string]map[string]bool{}, classes: map[string]map[string]bool{}, mutual: map[[2]string]bool{},
	}
	for _, x := range g.request.Organisation.Interests {
		pair := [2]string{x.Person, x.Subject}
		if known, twice := out.interests[pair]; !twice || x.Reason < known {
			out.interests[pair] = x.Reason // the order of the list decides nothing
		}
	}
	for _, x := range g.request.Organisation.People {
		out.people[x.ID] = x
	}
	for i := range g.plan.Tasks {
		t := &g.plan.Tasks[i]
		out.subjects[t.ID] = t.Subject.ID
		posts, classes := map[string]bool{}, map[string]bool{}
		for _, d := range t.Draws {
			for _, id := range d.Parts {
				m, own, ok := g.standard.memberOf(id)
				if !ok {
					continue
				}
				item := m.parts[own].checked.Item
				if item.Responsible != "" {
					posts[item.Responsible] = true
				}
				if item.Class != "" {
					classes[item.Class] = true
				}
			}
		}
		out.posts[t.ID], out.classes[t.ID] = posts, classes
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
	if r.mutual[[2]string{person, task}] {
		return Words{"会与对方互查", "would inspect and be inspected by the same unit"}, false
	}
	if len(x.Skills) > 0 {
		for _, class := range sortedKeys(r.classes[task]) {
			if !slices.Contains(x.Skills, class) {
				return Words{"不具备“" + class + "”的检查技能", "has not the skill " + class}, false
			}
		}
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

// people refuses a list of people in which one has no id or is there twice.
func (g *programme) people() error {
	seen := map[string]bool{}
	for i, person := range g.request.Organisation.People {
		switch {
		case person.ID == "":
			return refused("组织里第 %d 个人没有编号", "plan: organisation.people[%[2]d]: the person has no id", i+1, i)
		case seen[person.ID]:
			return refused("组织里“%s”列了两次，只留一次", "plan: organisation.people: %q is listed twice; keep one", person.ID)
		}
		seen[person.ID] = true
	}
	return nil
}

// inspectors are the people whom an organiser can send: those of its own unit;
// where it has none, those of the units below it, who then inspect one another's
// units. Without an organiser it is everybody.
func (g *programme) inspectors(organiser string) []Person {
	people := g.request.Organisation.People
	if organiser == "" {
		return people
	}
	if g.staff == nil {
		g.staff, g.under = map[string][]Person{}, map[string][]Person{}
		for _, x := range people {
			g.staff[x.Subject] = append(g.staff[x.Subject], x)
			for _, at := range g.tree.above(x.Subject) {
				g.under[at] = append(g.under[at], x)
			}
		}
	}
	if own := g.staff[organiser]; len(own) > 0 || g.selfCheck {
		return own
	}
	return g.under[organiser]
}

// assign pairs the people of a request with the tasks of its plan, one flow for
// each organiser, as even in number as recusal allows. Among pairings with equally
// even loads the one with the least sum of tickets is taken. A ticket is the first
// four bytes, greatest first, of SHA256(key + length of the person's id in bytes +
// ":" + person's id + task's id); key is the lower-case hexadecimal SHA256 of three
// lines: the algorithm's name; scope, standard, tier and period, each after its
// length in bytes and a colon; the seed in hexadecimal. So nobody can be sent where
// somebody wants them, and everybody with seed and organisation can check it. A
// request without people leaves the tasks unassigned.
func (g *programme) assign(ctx context.Context) error {
	if len(g.request.Organisation.People) == 0 {
		return nil
	}
	r := g.recusal()
	of := map[string][]*Task{}
	for i := range g.plan.Tasks {
		t := &g.plan.Tasks[i]
		of[t.Organiser] = append(of[t.Organiser], t)
	}
	loads := map[string]int{}
	for id, n := range g.request.Loads {
		loads[id] = min(max(n, 0), assign.MostTasks)
	}
	given := map[string]int{}
	for _, organiser := range sortedKeys(of) {
		if err := g.send(ctx, r, organiser, of[organiser], loads, given); err != nil {
			return err
		}
	}
	return nil
}

// send assigns the tasks of one organiser.
func (g *programme) send(ctx context.Context, r *recusal, organiser string, tasks []*Task, loads, given map[string]int) error {
	flow := assign.Problem{
		Ticket:  pairTicket(g.plan, g.request.Seed),
		Allowed: func(person, task string) bool { _, ok := r.bars(person, task); return ok },
	}
	people := g.inspectors(organiser)
	for _, person := range people {
		x := assign.Inspector{ID: person.ID, Load: loads[person.ID]}
		if most := g.request.MostTasks; most > 0 {
			if x.Capacity = most - given[person.ID]; x.Capacity <= 0 {
				continue
			}
		}
		flow.Inspectors = append(flow.Inspectors, x)
	}
	for _, t := range tasks {
		flow.Tasks = append(flow.Tasks, t.ID)
	}
	a, err := g.solve(ctx, r, flow)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		return fmt.Errorf("engine: plan: inspectors: %w", err)
	}
	short := map[string]bool{}
	for _, s := range a.Shortages {
		if len(s.Inspectors) > 0 {
			g.tooFew(s)
			for _, id := range s.Tasks {
				short[id] = true
			}
		}
	}
	for _, t := range tasks {
		inspector, ok := a.Inspector[t.ID]
		switch {
		case ok:
			t.Inspector = inspector
			loads[inspector]++
			given[inspector]++
		case !short[t.ID]:
			g.problem("no_inspector", t.Subject.ID, "", true, r.nobody(t, g.request.Organisation.People, people))
		}
	}
	return nil
}

// solve pairs people and tasks. Where two units would inspect one another, the
// tier may forbid it: then of such a pair of tasks the one with the greater id
// is given to somebody else, as long as there is somebody; otherwise the pair is
// reported.
func (g *programme) solve(ctx context.Context, r *recusal, flow assign.Problem) (assign.Assignment, error) {
	for {
		a, err := assign.Solve(ctx, flow)
		if err != nil {
			return a, err
		}
		pairs := r.inspectOneAnother(a)
		forbidden := g.tier != nil && slices.Contains(g.tier.Recuse, token.KwMutual)
		if !forbidden || len(pairs) == 0 {
			for _, pair := range pairs {
				x, y := r.subjects[pair[0]], r.subjects[pair[1]]
				g.problem("mutual_inspection", x, "", false, Words{"“" + x + "”与“" + y + "”互查", x + " and " + y + " inspect one another"})
			}
			return a, nil
		}
		for _, pair := range pairs {
			r.mutual[[2]string{a.Inspector[pair[1]], pair[1]}] = true
		}
	}
}

// inspectOneAnother lists pairs of tasks, the lesser id first, whose inspectors
// come from one another's subjects.
func (r *recusal) inspectOneAnother(a assign.Assignment) [][2]string {
	from := map[[2]string]string{} // the inspector's unit and the inspected: the task
	for _, task := range sortedKeys(a.Inspector) {
		from[[2]string{r.people[a.Inspector[task]].Subject, r.subjects[task]}] = task
	}
	var out [][2]string
	for _, task := range sortedKeys(a.Inspector) {
		unit, subject := r.people[a.Inspector[task]].Subject, r.subjects[task]
		if other, ok := from[[2]string{subject, unit}]; ok && task < other && unit != subject {
			out = append(out, [2]string{task, other})
		}
	}
	return out
}

// tooFew tells of tasks that only a few people could take, who have all that
// they can take.
func (g *programme) tooFew(s assign.Shortage) {
	var subjects []string
	for _, id := range s.Tasks {
		subjects = append(subjects, id[strings.LastIndexByte(id, '/')+1:])
	}
	list, by := listed(subjects), listed(s.Inspectors)
	g.problem("too_few_inspectors", subjects[0], "", true, Words{
		fmt.Sprintf("%d 个受检对象（%s）只有 %s 可以检查，每人最多 %d 个，还差 %d 个：增加检查人或提高上限", len(s.Tasks), list, by, g.request.MostTasks, s.Short),
		fmt.Sprintf("%d subjects (%s) have only the inspectors %s, who take at most %d each: %d can't be given; add inspectors or raise the limit", len(s.Tasks), list, by, g.request.MostTasks, s.Short),
	})
}

// listed joins the first few of a list and says how many there are.
func listed(all []string) string {
	const most = 5
	if len(all) <= most {
		return strings.Join(all, ", ")
	}
	return fmt.Sprintf("%s, … (%d)", strings.Join(all[:most], ", "), len(all))
}

// nobody says why a task has no inspector: everybody is barred, or the organiser
// has nobody to send.
func (r *recusal) nobody(t *Task, all, sent []Person) Words {
	if len(sent) == 0 && !r.selfCheck {
		return Words{"“" + t.Organiser + "”没有可以派去检查“" + t.Subject.ID + "”的人", t.Organiser + " has nobody to send to " + t.Subject.ID}
	}
	people := sent
	if r.selfCheck {
		people = all
	}
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
