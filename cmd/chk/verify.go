package main

import (
	"strings"

	"github.com/pinjian/pinjian/engine"
)

type verifyCommand struct {
	folderFlags
	Plan string `help:"${judge_plan_help}" placeholder:"FILE"`
}

// Run replays every draw of a plan against the folder's frames.
func (c *verifyCommand) Run(in *invocation) error {
	if err := in.accepts("text", "json"); err != nil {
		return err
	}
	f, err := c.open(in)
	if err != nil {
		return err
	}
	p, err := in.planFile(f, c.Plan)
	if err != nil {
		return err
	}
	v, err := f.Verify(in.ctx, p)
	if err != nil {
		return in.explained(err)
	}
	if in.format == "json" {
		if err := in.json(v); err != nil {
			return err
		}
	} else {
		in.verification(v)
	}
	if !v.Repeatable {
		return errFound
	}
	return nil
}

// verification says which guarantees hold.
func (in *invocation) verification(v *engine.Verification) {
	in.printf("方案 %s：重算了 %d 次抽样", "plan %s: %d draws replayed", v.Plan, v.Draws)
	holds := func(ok bool, zh, en string) {
		mark := words("不成立", "does not hold")
		if ok {
			mark = words("成立", "holds")
		}
		in.say(words(mark.ZH+"："+zh, mark.EN+": "+en))
	}
	holds(v.Repeatable, "可以重算：同样的种子和总体给出同样的样本", "repeatable: the same seed and frame give the same sample")
	holds(v.NotChosenAfterFrame, "种子不是看了总体以后挑的（要先公布承诺并冻结总体）", "the seed was not chosen after the frame (needs a published commitment and a frozen frame)")
	holds(v.NotChoosable, "没有哪一方能单独决定结果（要两方以上出种子）", "no single party could choose the outcome (needs two parties)")
	for _, d := range v.Differences {
		at := strings.Join(strings.Fields(d.Task+" "+d.Part+" "+d.Path), " ")
		in.printf("不符 %s：应为 %s，实为 %s", "differs %s: want %s, got %s", at, d.Want, d.Got)
	}
}
