/** A small API with one operation, `GET /books`, that needs an API key; nothing is wrong with it. */
export const booksDocument: string = `swagger: "2.0"
info: { title: Books, version: 1.0.0 }
host: books.example.com
paths:
  /books:
    get:
      operationId: list
      security: [{ key: [] }]
      responses: { 200: { description: Books. } }
securityDefinitions:
  key: { type: apiKey, name: key, in: query }
`;
