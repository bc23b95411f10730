// Go's own client in a pool of goroutines, answers parsed and written as they come.
//
//	nethttp BASE_URL ROWS OUTPUT CONCURRENCY
package main

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"encoding/json"
	"log"
	"net/http"
	"os"
	"strconv"
	"sync"
)

const system = "You sort tickets of a help desk. Answer in one sentence that says what the customer asks for."

type row struct {
	ID   string `json:"id"`
	Text string `json:"text"`
}

type message struct {
	Role    string `json:"role"`
	Content string `json:"content"`
}

type question struct {
	Messages  []message `json:"messages"`
	MaxTokens int       `json:"max_tokens"`
	Model     string    `json:"model"`
}

type line struct {
	CustomID string `json:"custom_id"`
	Response any    `json:"response"`
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func ask(client *http.Client, url string, r row) any {
	body, err := json.Marshal(question{
		[]message{{"system", system}, {"user", r.Text}}, 100, "gpt-4o-mini"})
	must(err)
	request, err := http.NewRequest("POST", url+"/chat/completions", bytes.NewReader(body))
	must(err)
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", "Bearer any")
	answer, err := client.Do(request)
	must(err)
	defer answer.Body.Close()
	var content any
	must(json.NewDecoder(answer.Body).Decode(&content))
	return content
}

func main() {
	url, rows, output := os.Args[1], os.Args[2], os.Args[3]
	concurrency, err := strconv.Atoi(os.Args[4])
	must(err)
	in, err := os.Open(rows)
	must(err)
	out, err := os.Create(output)
	must(err)
	client := &http.Client{Transport: &http.Transport{
		MaxIdleConnsPerHost: concurrency, MaxConnsPerHost: concurrency,
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
	todo := make(chan row, concurrency)
	var writing sync.Mutex
	var workers sync.WaitGroup
	writer := bufio.NewWriter(out)
	for range concurrency {
		workers.Add(1)
		go func() {
			defer workers.Done()
			for r := range todo {
				text, err := json.Marshal(line{r.ID, ask(client, url, r)})
				must(err)
				writing.Lock()
				writer.Write(append(text, '\n'))
				writing.Unlock()
			}
		}()
	}
	lines := bufio.NewScanner(in)
	for lines.Scan() {
		var r row
		must(json.Unmarshal(lines.Bytes(), &r))
		todo <- r
	}
	close(todo)
	workers.Wait()
	must(writer.Flush())
}
