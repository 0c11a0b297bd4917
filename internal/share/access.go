package share

import (
	"fmt"
	"slices"
	"strings"
)

// Word is one kind of access that a share gives.
type Word string

// The words of access. Each stands for the least set of actions that makes it work, without wildcards, because AWS
// adds actions over time. Sets: Service Authorization Reference, "Actions, resources, and condition keys for S3".
const (
	Read         Word = "read"
	List         Word = "list"
	Write        Word = "write"
	Delete       Word = "delete"
	ReadVersions Word = "read_versions"
	Tag          Word = "tag"
)

// Words lists every word in the order in which sentences name them.
func Words() []Word { return []Word{Read, List, ReadVersions, Write, Tag, Delete} }

// ParseWord accepts one word of access.
func ParseWord(text string) (Word, error) {
	if slices.Contains(Words(), Word(text)) {
		return Word(text), nil
	}
	all := make([]string, 0, len(Words()))
	for _, word := range Words() {
		all = append(all, string(word))
	}
	return "", fmt.Errorf("%q is no kind of access: use %s", text, strings.Join(all, ", "))
}

// objectActions are the actions on objects that a word stands for.
//
// Write has what a multipart upload needs on the object. s3:ListBucketMultipartUploads is left out: it has no
// s3:prefix condition key, so it would show keys outside the share's prefixes; whoever started an upload may list
// and abort it anyway (S3 User Guide, "Multipart upload API and permissions").
var objectActions = map[Word][]string{
	Read:         {"s3:GetObject"},
	ReadVersions: {"s3:GetObjectVersion"},
	Write:        {"s3:AbortMultipartUpload", "s3:ListMultipartUploadParts", "s3:PutObject"},
	Delete:       {"s3:DeleteObject"},
	Tag:          {"s3:DeleteObjectTagging", "s3:GetObjectTagging", "s3:PutObjectTagging"},
}

// bucketActions are the actions on the bucket itself; each has the condition key s3:prefix.
var bucketActions = map[Word][]string{
	List:         {"s3:ListBucket"},
	ReadVersions: {"s3:ListBucketVersions"},
}

// actions gathers the sorted actions of all the share's words from one of the two tables.
func (s Spec) actions(table map[Word][]string) []string {
	var all []string
	for _, word := range s.Access {
		all = append(all, table[word]...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// sortWords puts words into the order of Words and drops doubles.
func sortWords(words []Word) []Word {
	var sorted []Word
	for _, word := range Words() {
		if slices.Contains(words, word) {
			sorted = append(sorted, word)
		}
	}
	return sorted
}

// Gives tells that the share gives a kind of access.
func (s Spec) Gives(word Word) bool { return slices.Contains(s.Access, word) }
