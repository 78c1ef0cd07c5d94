package run

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/pinjian/pinjian/engine"
)

// DiffSchema is the name of the JSON document of a Diff.
const DiffSchema = "pinjian/result-diffs/1"

// JudgeSchema is the name of the JSON document that `chk judge` writes: results,
// and what was refused of the frames and of submissions of no task.
const JudgeSchema = "pinjian/judge-output/1"

// RejudgeSchema is the name of the JSON document that `chk rejudge` writes: what
// JudgeSchema has, and the difference to the results before.
const RejudgeSchema = "pinjian/rejudge-output/1"

// Diff compares the results of one run with those of another, task by task in
// the order of their names. Differences holds one for every task that both
// have, with or without changes.
type Diff struct {
	Schema      string               `json:"schema"`
	Differences []*engine.ResultDiff `json:"differences"`
	OnlyOld     []string             `json:"only_old,omitempty"` // tasks
	OnlyNew     []string             `json:"only_new,omitempty"`
}

// Changed says whether there is any difference.
func (d *Diff) Changed() bool {
	return len(d.OnlyOld)+len(d.OnlyNew) > 0 || slices.ContainsFunc(d.Differences, func(x *engine.ResultDiff) bool { return len(x.Changes)+len(x.Parts) > 0 })
}

// ReadResults reads the results in a file, or in all .json files of a
// directory, in which documents of other kinds are passed over. A file holds
// one result, a list of them as `chk judge` writes it, or what `chk run`
// writes.
func ReadResults(fsys fs.FS, name string) ([]*engine.Result, error) {
	info, err := fs.Stat(fsys, name)
	if err != nil {
		return nil, fmt.Errorf("run: %w", err)
	}
	if !info.IsDir() {
		data, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, fmt.Errorf("run: %w", err)
		}
		list, _, err := decodeResults(name, data)
		if err == nil && len(list) == 0 {
			err = refused("%s 里没有判定结果", "%s holds no result", name)
		}
		return list, err
	}
	entries, err := fs.ReadDir(fsys, name)
	if err != nil {
		return nil, fmt.Errorf("run: %w", err)
	}
	var out []*engine.Result
	for _, e := range entries {
		if e.IsDir() || path.Ext(e.Name()) != ".json" {
			continue
		}
		file := path.Join(name, e.Name())
		data, err := fs.ReadFile(fsys, file)
		if err != nil {
			return nil, fmt.Errorf("run: %w", err)
		}
		list, other, err := decodeResults(file, data)
		if err != nil && !other {
			return nil, err
		}
		out = append(out, list...)
	}
	if len(out) == 0 {
		return nil, refused("目录 %s 里没有判定结果；要有 chk run --out 或 chk judge --format json 写下的 .json 文件", "the directory %s holds no result; it needs .json files that chk run --out or chk judge --format json wrote", name)
	}
	return out, nil
}

// decodeResults reads one file; other says that it is a document of another
// kind.
func decodeResults(name string, data []byte) (list []*engine.Result, other bool, err error) {
	broken := func(err error) error {
		return refused("%s 不是完整的 JSON：%v", "%s is no whole JSON document: %v", name, err)
	}
	raw := []json.RawMessage{data}
	if trimmed := bytes.TrimSpace(data); len(trimmed) > 0 && trimmed[0] == '[' {
		if err := json.Unmarshal(data, &raw); err != nil {
			return nil, false, broken(err)
		}
	}
	for len(raw) > 0 {
		one := raw[0]
		raw = raw[1:]
		var head struct {
			Schema  string            `json:"schema"`
			Results []json.RawMessage `json:"results"`
		}
		if err := json.Unmarshal(one, &head); err != nil {
			return nil, false, broken(err)
		}
		switch {
		case head.Schema == "pinjian/run-output/1" || head.Schema == JudgeSchema || head.Schema == RejudgeSchema:
			raw = append(raw, head.Results...)
			continue
		case strings.HasPrefix(head.Schema, "pinjian/result/") && head.Schema != engine.ResultSchema:
			return nil, false, refused("%s 里的结果写的是 %q，比本版本能读的 %s 新", "%s holds a result of the form %q, newer than %s, which this release reads", name, head.Schema, engine.ResultSchema)
		case head.Schema != engine.ResultSchema:
			return nil, true, refused("%s 不是判定结果：schema 是 %q，应为 %s", "%s is no result: its schema is %q, not %s", name, head.Schema, engine.ResultSchema)
		}
		r := &engine.Result{}
		if err := json.Unmarshal(one, r); err != nil {
			return nil, false, broken(err)
		}
		list = append(list, r)
	}
	return list, false, nil
}

// DiffResults pairs results by their task and compares each pair. Of several
// results of one task the last is taken, the one that no other names as the
// previous one. between holds what the older standard says of the newer
// evidence; nil when nobody asked it.
func DiffResults(old, now, between []*engine.Result) (*Diff, error) {
	var by [3]map[string]*engine.Result
	for i, list := range [][]*engine.Result{old, now, between} {
		var err error
		if by[i], err = latest(list); err != nil {
			return nil, err
		}
	}
	tasks := map[string]bool{}
	for _, side := range by[:2] {
		for task := range side {
			tasks[task] = true
		}
	}
	names := make([]string, 0, len(tasks))
	for task := range tasks {
		names = append(names, task)
	}
	slices.Sort(names)
	d := &Diff{Schema: DiffSchema, Differences: []*engine.ResultDiff{}}
	for _, task := range names {
		switch a, b := by[0][task], by[1][task]; {
		case b == nil:
			d.OnlyOld = append(d.OnlyOld, task)
		case a == nil:
			d.OnlyNew = append(d.OnlyNew, task)
		default:
			x, err := engine.DiffResults(a, b, by[2][task])
			if err != nil {
				return nil, err
			}
			d.Differences = append(d.Differences, x)
		}
	}
	return d, nil
}

// latest is the last result of every task.
func latest(list []*engine.Result) (map[string]*engine.Result, error) {
	earlier := map[string]bool{}
	for _, r := range list {
		earlier[r.Previous] = true
	}
	out := map[string]*engine.Result{}
	for _, r := range list {
		other := out[r.Task]
		switch {
		case earlier[r.ID] && r.ID != "":
		case other != nil && other.ID != r.ID:
			return nil, refused("任务 %s 有两个结果 %.12s 和 %.12s，谁也不接着谁；请只留一个", "the task %s has two results, %.12s and %.12s, and neither follows the other; keep one", r.Task, other.ID, r.ID)
		default:
			out[r.Task] = r
		}
	}
	return out, nil
}
