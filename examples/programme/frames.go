package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"time"

	"github.com/pinjian/pinjian/checklang/check"
	"github.com/pinjian/pinjian/engine"
	"github.com/pinjian/pinjian/engine/frames"
)

// timed are the records that come in day by day. All others are lists of who
// and what there is, the same the whole year.
var timed = map[string]bool{
	"投诉": true, "投诉记录表": true, "投诉登记": true, "投诉台账": true, "网络投诉": true, "装修验收": true, "搬家入住": true, "房屋交付": true,
	"客户信息记录": true, "系统报事单": true, "派工单": true,
}

// books are the records of the whole year, by subject, as the company's own
// systems would export them.
type books map[string]frames.Source

// Frame implements engine.FrameSource.
func (b books) Frame(ctx context.Context, q engine.FrameQuery) (engine.Frame, error) {
	return b[q.Subject].Frame(ctx, q)
}

// keep generates the records of every region and project of a year: the same
// year and seed give the same rows.
func (c *company) keep(year int) (books, error) {
	out := books{}
	for _, s := range c.folder.Subjects {
		source := frames.Source{}
		for _, r := range c.standard.Checked().Records {
			if len(r.Sides) > 0 || r.Unlisted {
				continue
			}
			o := frames.Options{Record: r, ID: "id", Zone: c.standard.Zone()}
			if timed[r.Name.First] {
				o.Time = "at"
			}
			table, refused, err := frames.Read(s.ID+" "+r.Name.First+".jsonl", bytes.NewReader(c.rows(r, s.ID, year)), o)
			if err != nil {
				return nil, err
			}
			for _, bad := range refused {
				return nil, bad
			}
			source.Tables = append(source.Tables, table)
		}
		out[s.ID] = source
	}
	return out, nil
}

// rows writes one record of one subject for a year, and the December before it,
// as JSON lines.
func (c *company) rows(r *check.Record, subject string, year int) []byte {
	var out bytes.Buffer
	key := r.Name.First
	switch key {
	case "投诉记录表", "投诉登记", "投诉台账":
		key = "投诉" // the same complaints in four books
	case "客户信息记录", "系统报事单", "派工单":
		key = "报事"
	}
	if !timed[r.Name.First] {
		for i := range 4 {
			c.row(&out, r, subject, fmt.Sprintf("%s-%s-%02d", subject, key, i+1), time.Date(year-1, 6, 1+i, 9, 0, 0, 0, c.standard.Zone()))
		}
		return out.Bytes()
	}
	for month := range 13 {
		first := time.Date(year-1, time.Month(12+month), 1, 0, 0, 0, 0, c.standard.Zone())
		random := c.random(subject, key, first.Format("2006-01"))
		for i := range 2 + random.IntN(2) {
			at := first.Add(time.Duration(random.IntN(27))*24*time.Hour + time.Duration(9*60+random.IntN(120))*time.Minute)
			c.row(&out, r, subject, fmt.Sprintf("%s-%s-%s-%02d", subject, key, first.Format("0601"), i+1), at)
		}
	}
	return out.Bytes()
}

// row writes one unit: each field with a value of its type, times one after
// another in the order of the fields.
func (c *company) row(out *bytes.Buffer, r *check.Record, subject, id string, at time.Time) {
	random := c.random(r.Name.First, id)
	values := map[string]any{"id": id, "subject": subject, "at": at.Format(time.RFC3339)}
	now := at
	for _, f := range r.Fields {
		if f.Role != check.FieldRole {
			continue
		}
		name := f.Name.First
		switch {
		case name == "投诉号" || name == "报事编号":
			values[name] = id
			continue
		case f.Type.Choice != nil:
			values[name] = f.Type.Choice.Members[0].Name.First
			continue
		case name == "派单时间" || name == "到场反馈时间":
			now = now.Add(time.Duration(3+random.IntN(9)) * time.Minute)
			values[name] = now.Format(time.RFC3339)
			continue
		}
		switch {
		case f.Optional:
			values[name] = nil
		case f.Type.Kind == check.Bool:
			values[name] = false
		case f.Type.Kind == check.Time:
			values[name] = now.Format(time.RFC3339)
			now = now.Add(time.Duration(5+random.IntN(20)) * time.Minute)
		case f.Type.Kind == check.Date:
			values[name] = at.Format(time.DateOnly)
		case f.Type.Kind == check.Number:
			values[name] = 1
		default:
			values[name] = id
		}
	}
	line, _ := json.Marshal(values) // texts, numbers and booleans only
	out.Write(append(line, '\n'))
}

// random is a generator of its own for one thing, so that nothing else moves it.
func (c *company) random(of ...string) *rand.Rand {
	h := fnv.New64a()
	for _, part := range append([]string{c.folder.Seed}, of...) {
		_, _ = h.Write([]byte(part + "\x00"))
	}
	return rand.New(rand.NewPCG(h.Sum64(), 0))
}
