package report_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"image"
	"image/color"
	"image/png"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/pinjian/pinjian/checklang/token"
	"github.com/pinjian/pinjian/engine"
	"github.com/pinjian/pinjian/engine/inspection"
	"github.com/pinjian/pinjian/engine/report"
)

// site is one small inspection, from its plan to findings on their way: what
// every document is tested with.
type site struct {
	*engine.Standard
	plan        *engine.Plan
	sheet       *engine.Sheet
	result      *engine.Result
	findings    []engine.Finding
	submissions []engine.Submission
	photos      map[string][]byte
	hostile     string // appended to all that people write
}

type siteFrames map[string][]engine.FrameUnit

func (f siteFrames) Frame(_ context.Context, q engine.FrameQuery) (engine.Frame, error) {
	rows, ok := f[q.Record]
	if !ok {
		return engine.Frame{}, engine.ErrNoFrame
	}
	return engine.Frame{Units: func(yield func(engine.FrameUnit, error) bool) {
		for _, u := range rows {
			if !yield(u, nil) {
				return
			}
		}
	}}, nil
}

var shanghai = time.FixedZone("CST", 8*3600)

// gateService is the standard of the site, which is immutable.
var gateService = sync.OnceValues(func() (*engine.Standard, error) {
	s, _, err := engine.Load(context.Background(), os.DirFS("testdata"), "documents", engine.Options{})
	return s, err
})

// newSite inspects P1 in a month. What people write ends in hostile.
func newSite(t require.TestingT, month, hostile string) *site {
	s, err := gateService()
	require.NoError(t, err)
	w := &site{Standard: s, photos: map[string][]byte{}, hostile: hostile}
	w.planned(t, month, "P1")
	w.inspect(t)
	w.follow(t)
	return w
}

func (w *site) planned(t require.TestingT, month string, subjects ...string) {
	period, err := engine.ParsePeriod(month, w.Zone())
	require.NoError(t, err)
	var orders []engine.FrameUnit
	for i, name := range []string{"BS-0101", "BS-0102", "BS-0103", "BS-0104", "BS-0105", "BS-0106", "BS-0107", "BS-0108", "BS-0109"} {
		at := time.Date(2026, period.Start.In(w.Zone()).Month(), 3+i, 9, 0, 0, 0, shanghai)
		values := map[string]any{"登记时间": at, "派单时间": at.Add(time.Duration(4+3*i) * time.Minute), "报事人电话": "13800000000", "片区": "东区" + w.hostile}
		if i == 8 {
			values["派单时间"] = nil
		}
		orders = append(orders, engine.FrameUnit{ID: name, Values: values})
	}
	frames := siteFrames{"派工单": orders, "门岗": {{ID: "东门", Values: map[string]any{"位置": "东侧主入口"}}, {ID: "西门", Values: map[string]any{"位置": "西侧"}}}}
	org := engine.Organisation{
		Subjects: []engine.Subject{{ID: "R1", Kind: "region"}},
		People:   []engine.Person{{ID: "u17", Subject: "R1"}, {ID: "u18", Subject: "R1"}},
	}
	names := map[string]string{"P1": "听涛苑", "P2": "松风里", "P3": "云栖雅居"}
	for _, id := range subjects {
		org.Subjects = append(org.Subjects, engine.Subject{ID: id, Kind: "project", Parent: "R1", Fields: map[string]any{"项目名称": names[id] + w.hostile, "户数": 812}})
	}
	plan, err := w.MakePlan(context.Background(), engine.PlanRequest{
		Scope: "tenant", Tier: "region", Period: period, Inspected: subjects, Frames: frames, Seed: []byte("sixteen bytes or more"), Organisation: org,
	})
	require.NoError(t, err)
	w.plan, err = plan.Approve(engine.Approval{By: "zhou", At: period.Start})
	require.NoError(t, err)
	records := map[string]map[string]map[string]any{}
	for record, rows := range frames {
		records[record] = map[string]map[string]any{}
		for _, u := range rows {
			records[record][u.ID] = u.Values
		}
	}
	w.sheet, err = w.MakeSheet(w.plan, w.plan.Tasks[0].ID, records)
	require.NoError(t, err)
}

// photo makes a small picture and keeps it under its hash.
func (w *site) photo(name string, keep bool, shade color.Color) engine.Attachment {
	img := image.NewRGBA(image.Rect(0, 0, 32, 20))
	for y := range 20 {
		for x := range 32 {
			img.Set(x, y, shade)
		}
	}
	var b bytes.Buffer
	_ = png.Encode(&b, img)
	sum := sha256.Sum256(b.Bytes())
	hash := hex.EncodeToString(sum[:])
	if keep {
		w.photos[hash] = b.Bytes()
	}
	return engine.Attachment{SHA256: hash, MediaType: "image/png", Name: name}
}

func (w *site) inspect(t require.TestingT) {
	task := w.plan.Tasks[0]
	for _, d := range task.Draws {
		for _, part := range d.Parts {
			switch part {
			case "005/4.1":
				for i, u := range d.Units {
					if i < 3 {
						w.submit(part, u, map[string]any{"印象": []string{"热情", "平淡", "冷漠"}[i]})
					}
				}
			case "005/4.2":
				w.submit(part, "", map[string]any{"已开会": true, "有纪要": false})
			case "006/5.1":
				w.submit(part, "东门", map[string]any{"有人值守": false, "仪容整洁": false, "门岗照片": "x"},
					w.photo("东门无人"+w.hostile+".png", true, color.RGBA{0x9a, 0xb8, 0xd0, 0xff}), w.photo("东门岗亭.png", true, color.RGBA{0xd0, 0xb8, 0x9a, 0xff}),
					w.photo("丢失的照片.png", false, color.Black), engine.Attachment{SHA256: strings.Repeat("ab", 32), MediaType: "application/pdf", Name: "值班表.pdf"})
				w.submit(part, "西门", map[string]any{"有人值守": true, "仪容整洁": true, "门岗照片": "x"})
			case "006/5.2":
				w.submit(part, "王女士"+w.hostile, map[string]any{"接待态度": "热情", "等候分钟数": 45})
			}
		}
	}
	records := map[string]map[string]map[string]any{"派工单": {}, "门岗": {"东门": {"位置": "东侧"}, "西门": {"位置": "西侧"}}}
	for i, d := range task.Draws[0].Units {
		at := time.Date(2026, 9, 3+i, 9, 0, 0, 0, shanghai)
		records["派工单"][d] = map[string]any{"登记时间": at, "派单时间": at.Add(time.Duration(8+3*i) * time.Minute), "报事人电话": "13800000000", "片区": "东区"}
	}
	var err error
	w.result, err = w.Judge(context.Background(), w.plan, task.ID, engine.Evidence{Records: records, Submissions: w.submissions})
	require.NoError(t, err)
	require.Empty(t, w.result.Refused)
}

func (w *site) submit(part, unit string, answers map[string]any, files ...engine.Attachment) {
	w.submissions = append(w.submissions, engine.Submission{
		ID: part + unit, Task: w.plan.Tasks[0].ID, Part: part, Unit: unit, Answers: answers, By: "u17", Attachments: files,
	})
}

// follow opens the findings and takes the major one through two rounds.
func (w *site) follow(t require.TestingT) {
	at := time.Date(2026, 9, 28, 9, 0, 0, 0, shanghai)
	events, err := w.OpenFindings(engine.FindingRequest{
		Scope: "tenant", Result: w.result, Period: w.plan.Period.Name, By: "u17", At: at,
		Attribute: func(engine.Verdict) []engine.Party {
			return []engine.Party{{Kind: "department", ID: "秩序部" + w.hostile}, {Kind: "supplier", ID: "guards"}}
		},
	})
	require.NoError(t, err)
	for _, e := range events {
		f, err := engine.Fold(slices.Values([]engine.FindingEvent{e}))
		require.NoError(t, err)
		if f.Label == "无人值守" {
			f = w.answered(t, f)
		}
		w.findings = append(w.findings, f)
	}
}

func (w *site) answered(t require.TestingT, f engine.Finding) engine.Finding {
	step := func(hours int, kind, by string, fields map[string]string, files ...engine.Attachment) {
		e, err := w.Step(f, engine.Command{
			ID: kind + by, Kind: kind, By: by, At: f.Opened.Add(time.Duration(hours) * time.Hour), Version: f.Version, Fields: fields, Attachments: files,
		})
		require.NoError(t, err)
		f, err = engine.Fold(slices.Values(append(slices.Clone(f.Events), e)))
		require.NoError(t, err)
	}
	all := map[string]string{
		"finding": "东门岗位9月26日下午无人值守", "cause": "排班表没有安排顶岗" + w.hostile, "correction": "当日补岗\n值班经理到场", "prevention": "排班表增加顶岗人员",
		"owner": "li", "due": "2026-10-09", "evidence": "十月排班表",
	}
	step(24, "answer", "li", all)
	step(48, "verify", "zhao", map[string]string{"result": "ineffective", "method": "on site", "verification": "十月二日下午仍然无人", "effectiveness": "措施没有落实"})
	step(72, "answer", "wang", all, w.photo("整改后的东门.png", true, color.RGBA{0xa9, 0xc8, 0xa0, 0xff}))
	return f
}

func (w *site) options(lang token.Lang) report.Options {
	return report.Options{
		Lang: lang, Organisation: "区域公司品质管理部", Number: "PZ-2026-018", Date: engine.Date{Year: 2026, Month: 9, Day: 28},
		Names: map[string]string{"u17": "李建国" + w.hostile, "u18": "王敏", "guards": "安卫保安公司", "zhou": "周总", "P1": "听涛苑" + w.hostile},
		Photos: func(hash string) ([]byte, error) {
			if data, ok := w.photos[hash]; ok {
				return data, nil
			}
			return nil, os.ErrNotExist
		},
	}
}

// calendar plans a quarter for three projects; August was not carried out.
func (w *site) calendar(t require.TestingT) report.CalendarRequest {
	r := report.CalendarRequest{States: map[string]inspection.State{}, AsOf: time.Date(2026, 11, 23, 9, 0, 0, 0, shanghai)}
	months := []string{"2026-07", "2026-08", "2026-09", "2026-11", "2026-12"}
	if w.hostile != "" {
		months = months[1:3] // enough for what texts can do, and quicker
	}
	for _, month := range months {
		v := &site{Standard: w.Standard, hostile: w.hostile}
		v.planned(t, month, "P1", "P2", "P3")
		r.Plans = append(r.Plans, v.plan)
		for i, task := range v.plan.Tasks {
			switch {
			case month < "2026-08", month == "2026-09":
				r.States[task.ID] = inspection.Done
			case month == "2026-08":
				r.States[task.ID] = []inspection.State{inspection.FedBack, inspection.Running, inspection.Closed}[i]
			}
		}
	}
	return r
}

// pages are all documents of the site by name.
func (w *site) pages(t require.TestingT, lang token.Lang) map[string]string {
	o := w.options(lang)
	out := map[string]string{}
	put := func(name string, write func(b *bytes.Buffer) error) {
		var b bytes.Buffer
		require.NoError(t, write(&b), name)
		out[name] = b.String()
	}
	notice, err := report.Notice(w.Standard, report.NoticeRequest{Plan: w.plan, Result: w.result, Findings: w.findings, Submissions: w.submissions}, o)
	require.NoError(t, err)
	put("notice", func(b *bytes.Buffer) error { return notice.WriteHTML(b) })
	for _, f := range w.findings {
		name := "corrective"
		if f.Label != "无人值守" {
			name = "corrective-blank"
		}
		d, err := report.CorrectiveAction(w.Standard, f, o)
		require.NoError(t, err)
		put(name, func(b *bytes.Buffer) error { return d.WriteHTML(b) })
	}
	put("checksheet", func(b *bytes.Buffer) error {
		return report.WriteCheckSheets(b, w.Standard, []*engine.Sheet{w.sheet, w.sheet}, o)
	})
	put("scoresheet", func(b *bytes.Buffer) error { return report.WriteScoreSheet(b, w.Standard, w.result, o) })
	put("calendar", func(b *bytes.Buffer) error { return report.WriteCalendar(b, w.Standard, w.calendar(t), o) })
	return out
}
