package main

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/pinjian/pinjian/internal/atomicfile"
	"github.com/pinjian/pinjian/internal/csvframe"
	"github.com/pinjian/pinjian/sampling"
)

type drawCommand struct {
	Frame      string   `arg:"" name:"frame.csv" help:"${draw_frame_help}"`
	Size       string   `help:"${draw_size_help}" xor:"size" placeholder:"7"`
	Percent    string   `help:"${draw_percent_help}" xor:"size" placeholder:"20"`
	AtLeast    int64    `help:"${draw_least_help}" placeholder:"N"`
	AtMost     int64    `help:"${draw_most_help}" placeholder:"N"`
	Seed       string   `help:"${draw_seed_help}" placeholder:"HEX"`
	ID         string   `name:"id" help:"${draw_id_help}" placeholder:"COLUMN"`
	Stratum    []string `help:"${draw_stratum_help}" sep:"none" placeholder:"COLUMN"`
	Per        int      `help:"${draw_per_help}" placeholder:"N"`
	Minimum    int64    `help:"${draw_minimum_help}" placeholder:"N"`
	Reserve    int64    `help:"${draw_reserve_help}" placeholder:"N"`
	Systematic bool     `help:"${draw_systematic_help}"`
	Scope      string   `help:"${draw_scope_help}" placeholder:"TEXT"`
	Standard   string   `help:"${draw_standard_help}" placeholder:"TEXT"`
	Group      string   `help:"${draw_group_help}" placeholder:"TEXT"`
	Subject    string   `help:"${draw_subject_help}" placeholder:"TEXT"`
	Epoch      string   `help:"${draw_epoch_help}" placeholder:"TEXT"`
	Out        string   `short:"o" help:"${draw_out_help}" placeholder:"FILE"`
	Encoding   string   `help:"${draw_encoding_help}" enum:"utf-8,gb18030" default:"utf-8"`
	Verify     string   `help:"${draw_verify_help}" placeholder:"RECORD.JSON"`
}

// Run draws and writes the record, or replays a record.
func (d *drawCommand) Run(in *invocation) error {
	if err := in.accepts("text", "json"); err != nil {
		return err
	}
	if d.Verify != "" {
		return d.verify(in)
	}
	request, err := d.request()
	if err != nil {
		return err
	}
	frame, closeFrame, err := d.frame(in)
	if err != nil {
		return err
	}
	defer func() { _ = closeFrame() }()
	request.Frame = frame
	finish := in.progress("正在抽样 %s", "drawing from %s", d.Frame)
	record, err := sampling.Draw(in.ctx, request)
	finish()
	if err != nil {
		return d.explain(err)
	}
	if d.Out == "" {
		return in.json(record)
	}
	var b bytes.Buffer
	if err := writeJSON(&b, record); err != nil {
		return err
	}
	if err := atomicfile.Write(d.Out, b.Bytes()); err != nil {
		return unwritable(d.Out, err)
	}
	if in.format == "json" {
		return in.json(record.IDs())
	}
	_, err = io.WriteString(in.stdout, strings.Join(append(record.IDs(), ""), "\n"))
	return err
}

// request is what the flags ask for, without the frame.
func (d *drawCommand) request() (sampling.Request, error) {
	var r sampling.Request
	seed, err := hex.DecodeString(d.Seed)
	if err != nil || len(seed) < 16 {
		return r, refuse("要有种子：--seed 后写至少 32 位十六进制数，如“openssl rand -hex 16”所给", "a seed is needed: --seed with at least 32 hexadecimal digits, such as \"openssl rand -hex 16\" gives")
	}
	r = sampling.Request{
		Scope: d.Scope, Standard: d.Standard, Group: d.Group, Subject: d.Subject, Epoch: d.Epoch, Seed: sampling.Seed{Value: seed},
		Per: d.Per, Minimum: d.Minimum, Reserve: d.Reserve,
	}
	if d.Systematic {
		r.Method = sampling.Systematic
	}
	switch {
	case d.Percent != "":
		ratio, err := fraction("--percent", d.Percent, true)
		if err != nil {
			return r, err
		}
		r.Size = sampling.Percent(ratio)
	case d.Size != "":
		if r.Size, err = size(d.Size); err != nil {
			return r, err
		}
	default:
		return r, refuse("要有样本量：写 --size 7、--size 2..4、--size all 或 --percent 20", "a size is needed: --size 7, --size 2..4, --size all or --percent 20")
	}
	if d.AtLeast != 0 {
		r.Size = r.Size.AtLeast(d.AtLeast)
	}
	if d.AtMost != 0 {
		r.Size = r.Size.AtMost(d.AtMost)
	}
	return r, nil
}

// frame opens the CSV; its rows are read while the draw is made.
func (d *drawCommand) frame(in *invocation) (sampling.Frame, func() error, error) {
	r, closeFile := in.stdin, func() error { return nil }
	if d.Frame != "-" {
		f, err := os.Open(d.Frame)
		if err != nil {
			return sampling.Frame{}, nil, unreadable(d.Frame, err)
		}
		r, closeFile = f, f.Close
	}
	rows, err := csvframe.Open(r, csvframe.Options{ID: d.ID, Strata: d.Stratum, GB18030: d.Encoding == "gb18030"})
	if err != nil {
		_ = closeFile()
		return sampling.Frame{}, nil, d.explain(err)
	}
	return sampling.Frame{Units: rows.Units()}, closeFile, nil
}

// explain turns an error of the frame, the draw or the replay into a sentence.
func (d *drawCommand) explain(err error) error {
	if path := (*fs.PathError)(nil); errors.As(err, &path) {
		return unreadable(d.Frame, path)
	}
	return explainSampling(err)
}

// verified is the JSON of a replay.
type verified struct {
	Repeatable          bool        `json:"repeatable"`
	NotChosenAfterFrame bool        `json:"notChosenAfterFrame"`
	NotChoosable        bool        `json:"notChoosable"`
	Difference          *difference `json:"difference"`
}

type difference struct {
	Path string `json:"path"`
	Want string `json:"want"`
	Got  string `json:"got"`
}

func (d *drawCommand) verify(in *invocation) error {
	data, err := in.readFile(d.Verify)
	if err != nil {
		return err
	}
	var record sampling.Record
	if err := json.Unmarshal(data, &record); err != nil {
		return refuse("“%s”不是抽样记录，请给出 chk draw 写下的那个文件", "%q is no record of a draw, give the file that chk draw wrote", d.Verify)
	}
	frame, closeFrame, err := d.frame(in)
	if err != nil {
		return err
	}
	defer func() { _ = closeFrame() }()
	result, err := sampling.Verify(in.ctx, record, frame)
	if err != nil {
		return d.explain(err)
	}
	out := verified{Repeatable: result.Repeatable, NotChosenAfterFrame: result.NotChosenAfterFrame, NotChoosable: result.NotChoosable}
	if at := result.Difference; at != nil {
		out.Difference = &difference{at.Path, at.Want, at.Got}
	}
	if in.format == "json" {
		err = in.json(out)
	} else {
		err = out.write(in, record)
	}
	if err == nil && !result.Repeatable {
		return errFound
	}
	return err
}

// write says what the record proves, and where it fails to.
func (v verified) write(in *invocation, record sampling.Record) error {
	if at := v.Difference; at != nil {
		in.printf("与名单不符：%[1]s 复算得 %[2]s，记录写的是 %[3]s", "differs from the frame: %[1]s is %[2]s in a replay and %[3]s in the record", at.Path, at.Want, at.Got)
		return nil
	}
	in.printf("名单与种子正好得出这 %d 个单位", "the frame and the seed give exactly these %d units", len(record.IDs()))
	for _, g := range []struct {
		holds bool
		said  said
	}{
		{v.NotChosenAfterFrame, words("种子不是看过名单以后选的", "the seed was not chosen after the frame was seen")},
		{v.NotChoosable, words("没有哪一方能单独左右结果", "no single party could choose the outcome")},
	} {
		if !g.holds {
			g.said = words("未证明："+g.said.ZH, "not proven: "+g.said.EN)
		}
		if _, err := fmt.Fprintln(in.stdout, g.said.In(in.lang)); err != nil {
			return err
		}
	}
	return nil
}
