package checklang

import (
	"sync"

	"github.com/pinjian/pinjian/checklang/parser"
)

// Cache keeps the parsed declarations of directories between Loads, so that
// after an edit only the declarations it touched are parsed anew. It changes
// nothing of what a Load returns: trees, diagnostics and digests are those of
// a Load without it, since a declaration is known by its text alone. A Cache
// holds what the last Load of each directory used, about as much as the
// Checked of that Load; Forget drops a directory. The zero Cache is empty and
// ready, a nil one keeps nothing. It is safe for concurrent use.
type Cache struct {
	mutex sync.Mutex
	// directories hold the files that took part, imported ones too, by path.
	directories map[string]map[string]*parser.Cache
}

// Forget drops what is kept of a directory; one never loaded is no mistake.
func (c *Cache) Forget(dir string) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	delete(c.directories, dir)
}

func (c *Cache) last(dir string) map[string]*parser.Cache {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return c.directories[dir]
}

func (c *Cache) keep(dir string, files map[string]*parser.Cache) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if c.directories == nil {
		c.directories = map[string]map[string]*parser.Cache{}
	}
	c.directories[dir] = files
}
