package sampling_test

import (
	"context"
	"fmt"

	"github.com/pinjian/pinjian/sampling"
)

// Seven work orders of a month, and a stranger who checks them.
func ExampleDraw() {
	var orders []sampling.Unit
	for i := range 120 {
		orders = append(orders, sampling.Unit{ID: fmt.Sprintf("WO-2026-11-%04d", i)})
	}
	record, err := sampling.Draw(context.Background(), sampling.Request{
		Scope: "example", Standard: "customer-service", Group: "4.1.3", Subject: "project-7", Epoch: "2026-11",
		Seed:  sampling.Seed{Value: []byte("use crypto/rand!")},
		Size:  sampling.Count(7),
		Frame: sampling.Frame{Units: sampling.Units(orders)},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(record.Planned, "of", record.Population)
	for _, id := range record.IDs() {
		fmt.Println(id)
	}
	verification, err := sampling.Verify(context.Background(), record, sampling.Frame{Units: sampling.Units(orders)})
	fmt.Println("repeatable:", verification.Repeatable, err)
	// Output:
	// 7 of 120
	// WO-2026-11-0060
	// WO-2026-11-0050
	// WO-2026-11-0011
	// WO-2026-11-0006
	// WO-2026-11-0021
	// WO-2026-11-0110
	// WO-2026-11-0088
	// repeatable: true <nil>
}

// Nobody can choose: the seed is promised, then the frame is frozen and its seal published, then the seed is opened.
func ExampleFreeze() {
	ctx := context.Background()
	value := []byte("use crypto/rand!")
	orders := []sampling.Unit{{ID: "WO-1"}, {ID: "WO-2"}, {ID: "WO-3"}}

	frozen, err := sampling.Freeze(ctx, sampling.Frame{Units: sampling.Units(orders)},
		sampling.Party{Party: "headquarters", Commitment: sampling.Commitment(value)},
		sampling.Party{Party: "lottery", Source: "numbers of 2026-11-24"})
	if err != nil {
		fmt.Println(err)
		return
	}
	record, err := sampling.Draw(ctx, sampling.Request{
		Size:  sampling.Count(1),
		Frame: sampling.Frame{Frozen: frozen},
		Seed: sampling.Seed{Value: value, Party: "headquarters", Joined: []sampling.Party{
			{Party: "lottery", Value: "03081523", Source: "numbers of 2026-11-24"},
		}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	v, err := sampling.Verify(ctx, record, sampling.Frame{Frozen: frozen})
	fmt.Println(v.Repeatable, v.NotChosenAfterFrame, v.NotChoosable, err)
	// Output:
	// true true true <nil>
}
