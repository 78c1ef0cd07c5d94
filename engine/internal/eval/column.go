package eval

import (
	"math/bits"
	"slices"
)

// BlockSize is how many units are evaluated together: their columns and the
// intermediate results stay in the processor's cache.
const BlockSize = 1024

const words = BlockSize / 64

// Mask has one bit for each unit of a block.
type Mask [words]uint64

// Count counts the bits that are set.
func (m *Mask) Count() int {
	n := 0
	for _, w := range m {
		n += bits.OnesCount64(w)
	}
	return n
}

// Each yields the set bits from low to high.
func (m *Mask) Each(yield func(int) bool) {
	for i, w := range m {
		for ; w != 0; w &= w - 1 {
			if !yield(i*64 + bits.TrailingZeros64(w)) {
				return
			}
		}
	}
}

// Any says whether any bit is set.
func (m *Mask) Any() bool {
	var all uint64
	for _, w := range m {
		all |= w
	}
	return all != 0
}

// Storage is how a column holds its values.
type Storage uint8

// The ways to hold a column. The zero Storage holds nothing: its values are
// unknown to every reader.
const (
	NoStorage  Storage = iota
	Numbers            // 8 bytes a unit
	Truths             // a bit
	Texts              // a string
	Attendance         // nothing but whether it is there: sides, attachments
)

// Column is the values of one slot of many units. Bits beyond the last unit
// are zero.
type Column struct {
	Storage Storage
	Num     []int64  // of Numbers; 0 where not known
	Text    []string // of Texts
	True    []uint64 // of Truths: known and true
	Known   []uint64
	Absent  []uint64
}

// Table is many units by columns, one column for each slot of a row.
type Table struct {
	Columns []Column
	Len     int
}

// NewTable makes an empty table.
func NewTable(storage []Storage) *Table {
	t := &Table{Columns: make([]Column, len(storage))}
	for i, s := range storage {
		t.Columns[i].Storage = s
	}
	return t
}

// Reset makes the table empty and keeps its memory.
func (t *Table) Reset() {
	for i := range t.Columns {
		c := &t.Columns[i]
		clear(c.Text)
		c.Num, c.Text, c.True, c.Known, c.Absent = c.Num[:0], c.Text[:0], c.True[:0], c.Known[:0], c.Absent[:0]
	}
	t.Len = 0
}

// more returns s longer by n zeros.
func more[T any](s []T, n int) []T {
	s = slices.Grow(s, n)
	tail := s[len(s) : len(s)+n]
	clear(tail)
	return s[:len(s)+n]
}

// Append adds a unit; the slots of columns without storage are ignored.
func (t *Table) Append(row Row) {
	if t.Len%BlockSize == 0 {
		t.block()
	}
	word, bit := t.Len/64, uint64(1)<<(t.Len%64)
	for i := range t.Columns {
		c := &t.Columns[i]
		if c.Storage == NoStorage {
			continue
		}
		s := &row[i]
		switch s.State {
		case Absent:
			c.Absent[word] |= bit
		case Known:
			c.Known[word] |= bit
			switch c.Storage {
			case Numbers:
				c.Num[t.Len] = s.Num
			case Truths:
				if s.Num&1 == 1 {
					c.True[word] |= bit
				}
			case Texts:
				c.Text[t.Len] = s.Text
			}
		}
	}
	t.Len++
}

// block makes room for one block more.
func (t *Table) block() {
	for i := range t.Columns {
		c := &t.Columns[i]
		switch c.Storage {
		case NoStorage:
			continue
		case Numbers:
			c.Num = more(c.Num, BlockSize)
		case Truths:
			c.True = more(c.True, words)
		case Texts:
			c.Text = more(c.Text, BlockSize)
		}
		c.Known, c.Absent = more(c.Known, words), more(c.Absent, words)
	}
}

// Row fills a row with the values of unit i.
func (t *Table) Row(i int, row Row) {
	for slot := range row {
		row[slot] = t.Slot(slot, i)
	}
}

// Slot returns the value of one slot of unit i.
func (t *Table) Slot(slot, i int) Slot {
	if slot >= len(t.Columns) || t.Columns[slot].Storage == NoStorage {
		return Slot{}
	}
	c := &t.Columns[slot]
	word, bit := i/64, uint64(1)<<(i%64)
	switch {
	case c.Absent[word]&bit != 0:
		return Slot{State: Absent}
	case c.Known[word]&bit == 0:
		return Slot{}
	}
	s := Slot{State: Known}
	switch c.Storage {
	case Numbers:
		s.Num = c.Num[i]
	case Truths:
		if c.True[word]&bit != 0 {
			s.Num = 1
		}
	case Texts:
		s.Text = c.Text[i]
	case Attendance:
		s.Num = 1
	}
	return s
}

// Blocks is how many blocks the table has.
func (t *Table) Blocks() int { return (t.Len + BlockSize - 1) / BlockSize }

// Block is one block of a table under evaluation, with the memory that the
// evaluation needs. It serves one goroutine and is used for one block after
// another.
type Block struct {
	Env   *Env // setting, zone and calendar; Unit is used by what goes row by row
	table *Table
	start int
	n     int
	valid Mask
	// Odd is set when a unit needs numbers beyond 64 bits or a calendar
	// without data: the block must be judged unit by unit then.
	Odd   bool
	masks []Mask
	nums  [][]int64
	row   Row
}

// NewBlock prepares the evaluation of blocks of a table.
func NewBlock(t *Table, env *Env) *Block {
	return &Block{Env: env, table: t, row: make(Row, len(t.Columns))}
}

// Use turns to block i; it returns the mask of its units.
func (b *Block) Use(i int) *Mask {
	b.start = i * BlockSize
	b.n = min(BlockSize, b.table.Len-b.start)
	b.Odd = false
	b.valid = Mask{}
	for w := range b.valid {
		switch rest := b.n - w*64; {
		case rest >= 64:
			b.valid[w] = ^uint64(0)
		case rest > 0:
			b.valid[w] = 1<<rest - 1
		}
	}
	return &b.valid
}

// Start is the index of the block's first unit.
func (b *Block) Start() int { return b.start }

func (b *Block) maskOf(column []uint64) *Mask {
	w := b.start / 64
	return (*Mask)(column[w : w+words])
}

// KnownMask is the units of which a slot is known.
func (b *Block) KnownMask(slot int) *Mask { return b.column(slot).known(b) }

// AbsentMask is the units of which a slot is known to be absent.
func (b *Block) AbsentMask(slot int) *Mask {
	if c := b.column(slot); c.Storage != NoStorage {
		return b.maskOf(c.Absent)
	}
	return &noBits
}

func (b *Block) column(slot int) *Column {
	if slot >= len(b.table.Columns) {
		return &noColumn
	}
	return &b.table.Columns[slot]
}

func (c *Column) known(b *Block) *Mask {
	if c.Storage == NoStorage {
		return &noBits
	}
	return b.maskOf(c.Known)
}

// numbers returns the values of a number column.
func (c *Column) numbers(b *Block) []int64 {
	if c.Storage != Numbers {
		return noNumbers[:]
	}
	return c.Num[b.start : b.start+BlockSize]
}

// What a slot without storage reads as; nothing writes to these.
var (
	noColumn  Column
	noBits    Mask
	noNumbers [BlockSize]int64
)

// vector is a register of numbers of the block.
func (b *Block) vector(i int) []int64 {
	for len(b.nums) <= i {
		b.nums = append(b.nums, nil)
	}
	if b.nums[i] == nil {
		b.nums[i] = make([]int64, BlockSize)
	}
	return b.nums[i]
}

// grow makes the registers for masks; the addresses stay until the next grow.
func (b *Block) grow(masks int) {
	if len(b.masks) < masks {
		b.masks = make([]Mask, masks)
	}
}
