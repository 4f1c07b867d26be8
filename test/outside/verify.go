// Verifies a served ledger with the packages that the Go project made for its own: nothing here is Averment's but the shape of an entry.
//
//	verify URL VKEY [SAVED]
//
// URL is where checkpoint and tile/... are served. SAVED is a checkpoint that was kept before.
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const tileHeight = 8

var entryShape = regexp.MustCompile(`^\{"event":"[0-9a-f]{64}","shown":(null|"[0-9a-f]{64}")\}$`)

func fail(format string, values ...interface{}) {
	fmt.Printf(format+"\n", values...)
	os.Exit(1)
}

func must(err error) {
	if err != nil {
		fail("%v", err)
	}
}

func get(url string) ([]byte, error) {
	response, err := http.Get(url)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != 200 {
		return nil, fmt.Errorf("%s is answered %d", url, response.StatusCode)
	}
	return io.ReadAll(response.Body)
}

// A tree as the checkpoint of a signed note has it.
func open(text []byte, verifier note.Verifier) tlog.Tree {
	signed, err := note.Open(text, note.VerifierList(verifier))
	must(err)
	lines := strings.Split(signed.Text, "\n")
	if len(lines) < 4 || lines[0] != verifier.Name() {
		fail("this is no checkpoint of %s", verifier.Name())
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	must(err)
	root, err := base64.StdEncoding.DecodeString(lines[2])
	must(err)
	if len(root) != tlog.HashSize {
		fail("the root has %d bytes", len(root))
	}
	tree := tlog.Tree{N: size}
	copy(tree.Hash[:], root)
	return tree
}

// The path of a tile as C2SP tlog-tiles has it: as in Go's own database, without its height.
func pathOf(tile tlog.Tile) string {
	return strings.Replace(tile.Path(), fmt.Sprintf("tile/%d/", tileHeight), "tile/", 1)
}

type tiles struct {
	url  string
	read map[tlog.Tile][]byte
}

func (t *tiles) Height() int { return tileHeight }

func (t *tiles) ReadTiles(asked []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range asked {
		data, known := t.read[tile]
		if !known {
			var err error
			if data, err = get(t.url + "/" + pathOf(tile)); err != nil {
				return nil, err
			}
			t.read[tile] = data
		}
		all = append(all, data)
	}
	return all, nil
}

func (t *tiles) SaveTiles([]tlog.Tile, [][]byte) {}

func entries(url string, size int64) [][]byte {
	var all [][]byte
	for first := int64(0); first < size; first += 256 {
		width := size - first
		if width > 256 {
			width = 256
		}
		tile := tlog.Tile{H: tileHeight, L: -1, N: first / 256, W: int(width)}
		bundle, err := get(url + "/" + strings.Replace(pathOf(tile), "tile/data/", "tile/entries/", 1))
		must(err)
		for count := int64(0); count < width; count++ {
			if len(bundle) < 2 || len(bundle)-2 < int(binary.BigEndian.Uint16(bundle)) {
				fail("the bundle at %d is cut off", first)
			}
			end := 2 + int(binary.BigEndian.Uint16(bundle))
			all = append(all, bundle[2:end])
			bundle = bundle[end:]
		}
		if len(bundle) > 0 {
			fail("the bundle at %d has more than %d entries", first, width)
		}
	}
	return all
}

func main() {
	if len(os.Args) < 3 {
		fail("verify URL VKEY [SAVED]")
	}
	url := os.Args[1]
	verifier, err := note.NewVerifier(os.Args[2])
	must(err)
	served, err := get(url + "/key")
	must(err)
	if !bytes.Contains(served, []byte(os.Args[2]+"\n")) {
		fail("%s/key is another key", url)
	}
	checkpoint, err := get(url + "/checkpoint")
	must(err)
	tree := open(checkpoint, verifier)

	// Whatever is read through it is proved to be in the tree of the root.
	hashes := tlog.TileHashReader(tree, &tiles{url: url, read: map[tlog.Tile][]byte{}})
	// The same tree made anew of the entries.
	var stored []tlog.Hash
	own := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		var read []tlog.Hash
		for _, index := range indexes {
			read = append(read, stored[index])
		}
		return read, nil
	})
	for index, entry := range entries(url, tree.N) {
		if !entryShape.Match(entry) {
			fail("entry %d is %q", index, entry)
		}
		more, err := tlog.StoredHashes(int64(index), entry, own)
		must(err)
		stored = append(stored, more...)
		proof, err := tlog.ProveRecord(tree.N, int64(index), hashes)
		must(err)
		if err := tlog.CheckRecord(proof, tree.N, tree.Hash, int64(index), tlog.RecordHash(entry)); err != nil {
			fail("entry %d is not in the tree: %v", index, err)
		}
	}
	root, err := tlog.TreeHash(tree.N, own)
	must(err)
	if root != tree.Hash {
		fail("the entries have the root %v, and %v is signed", root, tree.Hash)
	}
	if len(os.Args) > 3 {
		text, err := os.ReadFile(os.Args[3])
		must(err)
		saved := open(text, verifier)
		if saved.N == 0 {
			fail("nothing is saved")
		}
		if saved.N > tree.N {
			fail("the log had %d leaves and has %d", saved.N, tree.N)
		}
		proof, err := tlog.ProveTree(tree.N, saved.N, hashes)
		must(err)
		if err := tlog.CheckTree(proof, tree.N, tree.Hash, saved.N, saved.Hash); err != nil {
			fail("the log does not begin with the saved checkpoint: %v", err)
		}
	}
	fmt.Printf("%d entries are in the tree %v\n", tree.N, tree.Hash)
}
