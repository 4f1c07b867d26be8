export { answerOf, answerOrNull, type Problem, Refused, taggedAnswerOf } from '@averment/client';
