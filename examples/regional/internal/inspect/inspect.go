// Package inspect plays the inspectors of the example: it reads check sheets and what was planted, and gives the
// submissions that come back from the field. It shares no code with what judges them.
package inspect

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/pinjian/pinjian/examples/regional/internal/world"
)

// Sheet is what is needed of a check sheet.
type Sheet struct {
	Task      string `json:"task"`
	Subject   string `json:"subject"`
	Inspector string `json:"inspector"`
	Items     []Item `json:"items"`
}

// Item is one part of a sheet.
type Item struct {
	Part   string     `json:"part"`
	Period string     `json:"period"`
	Kind   string     `json:"kind"`
	Ask    []Question `json:"ask"`
	Units  []Unit     `json:"units"`
}

// Unit is one unit of a part.
type Unit struct {
	ID     string                       `json:"id"`
	Values map[string]map[string]string `json:"values"`
}

// Question is one question.
type Question struct {
	Name    string              `json:"name"`
	Type    string              `json:"type"`
	Choices []map[string]string `json:"choices"`
}

// Answer is what an inspector found out at one unit.
type Answer struct {
	Part    string
	Period  string
	Unit    string
	Answers map[string]any
	Remark  string
	Twice   map[string]any // what a second inspector heard
}

type submission struct {
	Schema     string         `json:"schema"`
	ID         string         `json:"id"`
	Task       string         `json:"task"`
	Part       string         `json:"part,omitempty"`
	Unit       string         `json:"unit"`
	Period     string         `json:"period,omitempty"`
	Answers    map[string]any `json:"answers,omitempty"`
	By         string         `json:"by"`
	DoneAt     string         `json:"done_at"`
	ReceivedAt string         `json:"received_at"`
	Remark     string         `json:"remark,omitempty"`
	Closes     bool           `json:"closes,omitempty"`
}

// Answers are all that an inspector finds out for a sheet, in its order.
func Answers(s Sheet, planted []world.Planting) []Answer {
	var out []Answer
	for _, item := range s.Items {
		units := item.Units
		if item.Kind == "subject" {
			units = []Unit{{}}
		}
		for n, u := range units {
			if item.Kind == "unlisted" {
				u.ID = fmt.Sprintf("现场%d", n+1)
			}
			a := Answer{Part: item.Part, Period: item.Period, Unit: u.ID, Answers: map[string]any{}}
			for _, q := range item.Ask {
				a.Answers[q.Name] = usual(item, u, q)
			}
			silent := len(a.Answers) == 0
			for _, p := range planted {
				if p.Subject != s.Subject || p.Part != item.Part || p.Period != item.Period || p.Unit != "" && p.Unit != u.ID || p.Place != 0 && p.Place != n+1 {
					continue
				}
				switch p.Outcome {
				case "silent":
					silent = true
				case "twice":
					a.Twice = maps.Clone(a.Answers)
					maps.Copy(a.Twice, p.Answers)
				default:
					maps.Copy(a.Answers, p.Answers)
				}
				a.Remark = p.Remark
			}
			if !silent {
				out = append(out, a)
			}
		}
	}
	return out
}

// Lines are the answers of all sheets as submissions, one JSON object a line.
func Lines(sheets []Sheet, planted []world.Planting, prefix string) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	next := 0
	for i, s := range sheets {
		clock := time.Date(2026, time.January, 5+i%3, 9, 0, 0, 0, time.FixedZone("", 8*60*60))
		put := func(one submission) error {
			next++
			clock = clock.Add(45 * time.Second)
			one.Schema, one.ID, one.Task, one.By = "pinjian/submission/1", fmt.Sprintf("%s-%04d", prefix, next), s.Task, s.Inspector
			one.DoneAt, one.ReceivedAt = clock.Format(time.RFC3339), clock.Add(5*time.Second).Format(time.RFC3339)
			return e.Encode(one)
		}
		for _, a := range Answers(s, planted) {
			if err := put(submission{Part: a.Part, Unit: a.Unit, Period: a.Period, Answers: a.Answers, Remark: a.Remark}); err != nil {
				return nil, err
			}
			if a.Twice != nil {
				if err := put(submission{Part: a.Part, Unit: a.Unit, Period: a.Period, Answers: a.Twice}); err != nil {
					return nil, err
				}
			}
		}
		if err := put(submission{Closes: true}); err != nil {
			return nil, err
		}
	}
	return b.Bytes(), nil
}

// counts are the numbers that are as they should be, by part and question, or by question alone.
var counts = map[string]int{
	"客户评分": 5, "indicators/8/比率 访谈记录数": world.KeysOf, "indicators/9/比率 访谈记录数": 30, "indicators/8/户数 所报户数": world.KeysOf, "细分表户数": world.KeysOf,
	"所报户数": 5, "登记户数": 5, "所报预约单数": 3, "所答分钟数": 20, "片区抽查单数": 10, "中心抽查单数": 7, "所报当日未完成单数": 2, "所报超48小时单数": 1,
	"continuous/006/4.2.1 所答类数": 7, "continuous/006/4.2.2 所答类数": 3, "continuous/006/4.2.3 所答类数": 2, "受理小时数": 24, "案例数": 1, "学习次数": 1, "分析份数": 1, "分享次数": 1,
	"所打分数": 5, "应送份数": 4, "送出份数": 4, "购物车数": 4, "正常车数": 4, "轮椅数": 2, "借用登记数": 3, "评选人数": 2, "活动次数": 1, "弯腰度数": 15, "后退步数": 3,
	"遇到件数": 3, "记录件数": 3, "转入件数": 3,
}

// bad are the yes-or-no questions to which "no" is as it should be.
var bad = []string{"不清楚", "不符合", "未", "没有", "缺席", "迟到", "不熟练", "不完整", "明显失职", "单独立卷"}

// usual is the answer where nothing is wrong.
func usual(item Item, u Unit, q Question) any {
	kind, _, _ := strings.Cut(q.Type, " ")
	switch {
	case q.Name == "不一致要素" || q.Name == "违背原则":
		return []string{}
	case kind == "set":
		var all []string
		for _, c := range q.Choices {
			all = append(all, c["zh"])
		}
		return all
	case len(q.Choices) > 0:
		return q.Choices[0]["zh"]
	}
	switch kind {
	case "bool":
		return !slices.ContainsFunc(bad, func(word string) bool { return strings.Contains(q.Name, word) })
	case "int", "number":
		if n, ok := counts[item.Part+" "+q.Name]; ok {
			return n
		}
		return counts[q.Name]
	case "duration":
		return "15m"
	case "date":
		return day(item, u, q)
	case "file":
		return map[string]any{"sha256": strings.Repeat("5e", 32), "name": "会议纪要.pdf"}
	}
	return "每月下旬"
}

// day is a date where nothing is wrong.
func day(item Item, u Unit, q Question) string {
	switch item.Part + " " + q.Name {
	case "continuous/004/4.3.2/拜访 拜访日期":
		moved, err := time.Parse(time.DateOnly, u.Values["入住日期"]["zh"])
		if err != nil {
			panic(err)
		}
		return moved.AddDate(0, 0, 1).Format(time.DateOnly)
	case "continuous/005/4.4.2 召开日期":
		return "2025-10-03"
	case "continuous/005/4.4.2 统计期末日":
		return "2025-09-30"
	case "continuous/005/4.4.3 召开日期":
		return "2025-01-20"
	case "continuous/005/4.4.3 统计期末日":
		return "2024-12-31"
	}
	first, err := time.Parse("2006-01", item.Period)
	if err != nil {
		panic(item.Part + " " + q.Name + " is no question of a month")
	}
	if q.Name == "统计期末日" {
		return first.AddDate(0, 0, -1).Format(time.DateOnly)
	}
	return first.AddDate(0, 0, 2).Format(time.DateOnly)
}

func sortedKeys(m map[string]any) []string { return slices.Sorted(maps.Keys(m)) }
